import { Args, Flags } from '@oclif/core';
import { EXIT_CODES, type RunReport } from '#reports/model/run-report.ts';
import { loadDefect } from '#scenarios/defects/load-defect.ts';
import { formatPlan, makePlan } from '#scenarios/engine/plan.ts';
import type { Plan } from '#scenarios/model/plan.ts';
import { abortOnSignals } from '../present/abort-on-signals.ts';
import { seedLines } from '../present/seed-lines.ts';
import { chooseSeed } from '../run/choose-seed.ts';
import { ENVIRONMENT_FLAGS } from '../run/environment-flags.ts';
import { parseDuration } from '../run/parse-duration.ts';
import { runEach } from '../run/run-each.ts';
import { runSeed } from '../run/run-seed.ts';
import { scenarioNamed } from '../run/scenario-named.ts';
import { BaseCommand } from './base-command.ts';

const SEED_MAX = 2 ** 31 - 1;
const RUNS_MAX = 1_000;

export default class Run extends BaseCommand {
  static override summary = 'Runs a scenario on real servers and judges it.';
  static override description =
    `With --runs it goes on after a seed that does not hold; every seed leaves its own bundle, and --json prints an array.
Exit code 0: every invariant holds; 1: one is violated; 2: usage; 3: inconclusive; 4: environment; 130: interrupted.
Of several seeds the worst counts: 1 before 4, 4 before 130, and 130 before 3; after a 4 no further seed is run.`;
  static override examples = [
    '<%= config.bin %> run saga-recovery',
    '<%= config.bin %> run saga-recovery --seed 7 --dry-run',
    '<%= config.bin %> run saga-recovery --seed 1 --runs 10 --json',
    '<%= config.bin %> run saga-recovery --defect relay-marks-before-send',
  ];
  static override args = { scenario: Args.string({ required: true, description: 'name of the scenario' }) };
  static override flags = {
    seed: Flags.integer({
      summary: 'repeat the plan of this seed (default: a fresh one, printed)',
      min: 0,
      // The last one of several is a seed, too.
      max: SEED_MAX - RUNS_MAX,
    }),
    runs: Flags.integer({
      summary: 'run this many seeds, one after the other: --seed and those that follow',
      min: 1,
      max: RUNS_MAX,
      exclusive: ['dry-run'],
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

  override async run(): Promise<RunReport | readonly RunReport[] | Plan> {
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
    using interruption = abortOnSignals();
    const wishes = {
      ...{ scenario, overrides, planted, defect: flags.defect, ports: flags.ports, traces: flags.traces },
      stateDir: this.stateDir,
      write: (line: string) => this.logToStderr(line),
      print: (text: string) => this.log(text),
      signal: interruption.signal,
    };
    if (flags.runs === undefined) {
      const report = await runSeed(wishes, plan);
      process.exitCode = report.exitCode;
      return report;
    }
    // All of them before the first one starts: the storm may have no room for the faults of one seed.
    const others = Array.from({ length: flags.runs - 1 }, (_, nth) => makePlan(scenario, seed + 1 + nth, overrides));
    const { reports, exitCode, failure } = await runEach({
      plans: [plan, ...others],
      run: async (one) => {
        const report = await runSeed(wishes, one);
        // Whatever may happen to this process before the last seed: what is refuted stays refuted.
        if (report.outcome === 'violated') process.exitCode = EXIT_CODES.violated;
        return report;
      },
      signal: interruption.signal,
      isDebug: flags.debug,
    });
    if (failure !== undefined) this.logToStderr(failure);
    for (const line of seedLines(reports, flags.runs)) this.log(line);
    process.exitCode = exitCode;
    return reports;
  }
}
