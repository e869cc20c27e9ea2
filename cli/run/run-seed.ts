import { join } from 'node:path';
import type { RunReport } from '#reports/model/run-report.ts';
import { terminalReporter } from '#reports/reporters/terminal.ts';
import type { LoadedDefect } from '#scenarios/defects/load-defect.ts';
import type { PlanOverrides } from '#scenarios/engine/plan.ts';
import { preparationOf } from '#scenarios/engine/preparation-of.ts';
import { RunEvents } from '#scenarios/engine/run-events.ts';
import { runScenario } from '#scenarios/engine/run-scenario.ts';
import type { Plan } from '#scenarios/model/plan.ts';
import type { Scenario } from '#scenarios/model/scenario.ts';
import { followRun } from '../present/run-lines.ts';
import { claimRunDir } from './claim-run-dir.ts';
import { obtainEnvironment } from './obtain-environment.ts';
import { repeatCommand } from './repeat-command.ts';
import { writeReports } from './write-reports.ts';

/** What every seed of a `chaos run` has in common. */
export interface RunWishes {
  readonly scenario: Scenario;
  readonly overrides: PlanOverrides;
  readonly planted: LoadedDefect | undefined;
  /** The defect as it was typed, for the command that repeats the run. */
  readonly defect: string | undefined;
  readonly ports: 'default' | 'auto';
  readonly traces: boolean;
  readonly stateDir: string;
  /** Progress, a line at a time. */
  readonly write: (line: string) => void;
  /** The result, for a terminal. */
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the plan of one seed of the scenario, judges it and leaves its bundle and reports. An interrupted run has a report too;
 * rejects when the environment could not be had, with the cause.
 */
export async function runSeed(wishes: RunWishes, plan: Plan): Promise<RunReport> {
  const { scenario, overrides, planted, defect, ports, traces, stateDir, write, signal } = wishes;
  const { seed } = plan;
  const bundleDir = claimRunDir(join(stateDir, 'runs'), `${scenario.name}-${seed}`, new Date());
  const events = new RunEvents();
  write(`chaos run ${scenario.name}, seed ${seed}${planted === undefined ? '' : `, defect ${planted.defect.name}`}`);
  followRun(events, write);
  const result = await runScenario({
    ...{ scenario, plan, bundleDir, events, signal },
    environment: (phaseSignal) =>
      obtainEnvironment({
        ...{ stateDir, bundleDir, ports, traces, planted, write },
        ...{ topology: plan.topology, publisher: plan.publisher, prepare: preparationOf(plan.schedule) },
        signal: phaseSignal,
      }),
    repeat: repeatCommand({ scenario: scenario.name, seed, ...overrides, defect }),
    ...(planted === undefined ? {} : { defect: planted.defect }),
  });
  const report = writeReports(result);
  if (report.outcome === 'environment-error' && result.failure !== undefined) {
    write(`bundle: ${bundleDir}`);
    throw result.failure.cause;
  }
  wishes.print(terminalReporter.render(report).trimEnd());
  return report;
}
