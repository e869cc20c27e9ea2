import { join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import type { RunReport } from '#reports/model/run-report.ts';
import { terminalReporter } from '#reports/reporters/terminal.ts';
import { loadDefect } from '#scenarios/defects/load-defect.ts';
import { formatPlan, makePlan } from '#scenarios/engine/plan.ts';
import { preparationOf } from '#scenarios/engine/preparation-of.ts';
import { RunEvents } from '#scenarios/engine/run-events.ts';
import { runScenario } from '#scenarios/engine/run-scenario.ts';
import type { Plan } from '#scenarios/model/plan.ts';
import { abortOnSignals } from '../present/abort-on-signals.ts';
import { followRun } from '../present/run-lines.ts';
import { chooseSeed } from '../run/choose-seed.ts';
import { ENVIRONMENT_FLAGS } from '../run/environment-flags.ts';
import { obtainEnvironment } from '../run/obtain-environment.ts';
import { parseDuration } from '../run/parse-duration.ts';
import { repeatCommand } from '../run/repeat-command.ts';
import { scenarioNamed } from '../run/scenario-named.ts';
import { writeReports } from '../run/write-reports.ts';
import { BaseCommand } from './base-command.ts';

export default class Run extends BaseCommand {
  static override summary = 'Runs a scenario on real servers and judges it.';
  static override description =
    'Exit code 0: every invariant holds; 1: one is violated; 2: usage; 3: inconclusive; 4: environment; 130: interrupted.';
  static override examples = [
    '<%= config.bin %> run saga-recovery',
    '<%= config.bin %> run saga-recovery --seed 7 --dry-run',
    '<%= config.bin %> run saga-recovery --defect relay-marks-before-send',
  ];
  static override args = { scenario: Args.string({ required: true, description: 'name of the scenario' }) };
  static override flags = {
    seed: Flags.integer({
      summary: 'repeat the plan of this seed (default: a fresh one, printed)',
      min: 0,
      max: 2 ** 31 - 1,
    }),
    storm: Flags.string({ summary: "length of the storm, e.g. 45s (default: the scenario's)" }),
    orders: Flags.integer({ summary: "orders to place (default: the scenario's)", min: 1 }),
    ...ENVIRONMENT_FLAGS,
    defect: Flags.string({ summary: 'plant this bug first: a name (`chaos defects`) or a file' }),
    traces: Flags.boolean({
      summary: 'keep the spans of services and clients in the bundle (traces.ndjson)',
      default: true,
      allowNo: true,
    }),
    'dry-run': Flags.boolean({ summary: 'print the plan and start nothing' }),
  };

  override async run(): Promise<RunReport | Plan> {
    const { args, flags } = await this.parse(Run);
    const scenario = scenarioNamed(args.scenario);
    const planted = flags.defect === undefined ? undefined : await loadDefect(flags.defect);
    const seed = flags.seed ?? chooseSeed();
    const overrides = {
      ...(flags.topology === undefined ? {} : { topology: flags.topology }),
      ...(flags.publisher === undefined ? {} : { publisher: flags.publisher }),
      ...(flags.storm === undefined ? {} : { stormMs: parseDuration(flags.storm) }),
      ...(flags.orders === undefined ? {} : { orders: flags.orders }),
    };
    const plan = makePlan(scenario, seed, overrides);
    if (flags['dry-run']) {
      this.log(formatPlan(plan).trimEnd());
      return plan;
    }
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const bundleDir = join(this.stateDir, 'runs', `${scenario.name}-${seed}-${stamp}`);
    using interruption = abortOnSignals();
    const events = new RunEvents();
    const write = (line: string): void => this.logToStderr(line);
    write(`chaos run ${scenario.name}, seed ${seed}${planted === undefined ? '' : `, defect ${planted.defect.name}`}`);
    followRun(events, write);
    const result = await runScenario({
      scenario,
      plan,
      bundleDir,
      events,
      signal: interruption.signal,
      environment: (signal) =>
        obtainEnvironment({
          ...{ stateDir: this.stateDir, bundleDir, ports: flags.ports, traces: flags.traces },
          ...{ topology: plan.topology, publisher: plan.publisher, prepare: preparationOf(plan.schedule) },
          ...{ planted, write, signal },
        }),
      repeat: repeatCommand({ scenario: scenario.name, seed, ...overrides, defect: flags.defect }),
      ...(planted === undefined ? {} : { defect: planted.defect }),
    });
    const report = writeReports(result);
    if (report.outcome === 'environment-error' && result.failure !== undefined) {
      write(`bundle: ${bundleDir}`);
      throw result.failure.cause;
    }
    this.log(terminalReporter.render(report).trimEnd());
    process.exitCode = report.exitCode;
    return report;
  }
}
