import { basename, join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { EXIT_CODES } from '#reports/model/run-report.ts';
import { RunEvents } from '#scenarios/engine/run-events.ts';
import { compareResults, type MetricChange } from '#scenarios/rto/compare-results.ts';
import { measureRecovery } from '#scenarios/rto/measure-recovery.ts';
import { RECOVERY_FAILURES, RECOVERY_METRICS, type RecoveryResult } from '#scenarios/rto/recovery-result.ts';
import { abortOnSignals } from '../present/abort-on-signals.ts';
import { comparisonLines, recoveryLines, trialLine } from '../present/recovery-lines.ts';
import { followRun } from '../present/run-lines.ts';
import { chooseSeed } from '../run/choose-seed.ts';
import { claimRunDir } from '../run/claim-run-dir.ts';
import { ENVIRONMENT_FLAGS } from '../run/environment-flags.ts';
import { obtainEnvironment } from '../run/obtain-environment.ts';
import { recoveryObjective, recoveryPlan } from '../run/recovery-plan.ts';
import { assertSavable, readRecoveryResult, saveRecoveryResult } from '../run/recovery-results.ts';
import { BaseCommand } from './base-command.ts';

export default class Rto extends BaseCommand {
  static override summary = 'Measures how long the failure of a component lasts for a client, and what is lost.';
  static override description =
    `A client writes through the real path all the time; a trial lasts from the fault until the client's
throughput is back (90 % of before, for a second) and the backlog is drained. Every acknowledged write is read back.
postgres, mongodb, kafka and redis are measured on the cluster topology: their leader fails and another node takes over. The
servers have their own default times to take a silent leader for dead, or short ones (--tuned); when they noticed and whom
they chose is read off their logs as well. Of the two orchestrators the first fails, and the other takes its work over.
Other services, and servers with --topology compact, have no second node: what is measured is recovery by restart, and the
time for which the fault is kept up (--down) is part of it.
Exit code 0: measured, within --max if given; 1: above --max, or an acknowledged write is missing; 2: usage;
3: a trial lacks proof that the fault took effect, was noticed by the client, or was recovered from; 4: environment; 130: interrupted.`;
  static override examples = [
    '<%= config.bin %> rto postgres',
    '<%= config.bin %> rto mongodb --tuned --failure switchover --trials 5',
    '<%= config.bin %> rto kafka --topology compact --failure pause --down 3s',
    '<%= config.bin %> rto orchestrator --max 5s --quantile 0.95 --json',
    '<%= config.bin %> rto postgres --compare before.json',
  ];
  static override args = {
    component: Args.string({ required: true, description: 'postgres, mongodb, kafka, redis, or a service' }),
  };
  static override flags = {
    trials: Flags.integer({ summary: 'how often the component fails', min: 1, max: 1_000, default: 10 }),
    failure: Flags.option({
      summary: 'what is done to it or its leader; undone by starting it again (kill, stop) or resuming it (pause)',
      options: RECOVERY_FAILURES,
      default: 'kill' as const,
    })(),
    tuned: Flags.boolean({ summary: "short detection times, as `run` has them, instead of the servers' own defaults" }),
    down: Flags.string({
      summary: 'how long the fault is kept up once it is proven (default 1s; of an orchestrator 15s)',
    }),
    interval: Flags.string({ summary: "between two writes, e.g. 5ms (default: the probe's)" }),
    max: Flags.string({ summary: 'gate: the longest time that is allowed, e.g. 5s' }),
    quantile: Flags.string({ summary: 'gate: of which quantile of the trials (default 0.95)' }),
    metric: Flags.option({
      summary: 'gate: until when time counts',
      options: RECOVERY_METRICS,
      default: 'first-ack' as const,
    })(),
    seed: Flags.integer({ summary: 'of the resampling for confidence intervals', min: 0, max: 2 ** 31 - 1 }),
    ...ENVIRONMENT_FLAGS,
    save: Flags.string({ summary: 'write the result to this file' }),
    compare: Flags.string({ summary: 'compare with the result in this file' }),
  };

  override async run(): Promise<RecoveryResult & { readonly changes?: readonly MetricChange[] }> {
    const { args, flags } = await this.parse(Rto);
    const typed = { ...flags, seed: flags.seed ?? chooseSeed() };
    const plan = recoveryPlan(args.component, typed);
    const objective = recoveryObjective(typed);
    const before = flags.compare === undefined ? undefined : readRecoveryResult(flags.compare);
    if (flags.save !== undefined) assertSavable(flags.save);
    using interruption = abortOnSignals();
    const { signal } = interruption;
    const runDir = claimRunDir(join(this.stateDir, 'rto'), `rto-${plan.component}`, new Date());
    const runKey = basename(runDir);
    const write = (line: string): void => this.logToStderr(line);
    const events = new RunEvents();
    followRun(events, write);
    write(`chaos rto ${plan.component}: ${plan.trials} trials of ${plan.failure}; ${plan.probe.summary}`);
    const wanted = {
      stateDir: this.stateDir,
      bundleDir: runDir,
      ports: flags.ports,
      traces: false,
      write,
      signal,
      topology: plan.topology,
      detection: plan.failover?.detection,
      publisher: flags.publisher ?? 'relay',
    };
    await using environment = await obtainEnvironment(wanted);
    const result = await measureRecovery({
      ...{ plan, environment, runDir, runKey, events, signal },
      ...(objective === undefined ? {} : { objective }),
      onTrial: (trial) => write(trialLine(trial)),
    });
    for (const line of recoveryLines(result)) this.log(line);
    this.log(`faults and their evidence: ${join(runDir, 'history.ndjson')}`);
    process.exitCode = EXIT_CODES[result.outcome];
    if (flags.save !== undefined) {
      const { exitCode, failure } = saveRecoveryResult(flags.save, result);
      process.exitCode = exitCode;
      if (failure !== undefined) this.logToStderr(failure);
    }
    if (before === undefined) return result;
    const changes = compareResults(before, result);
    for (const line of comparisonLines(before, result, changes)) this.log(line);
    return { ...result, changes };
  }
}
