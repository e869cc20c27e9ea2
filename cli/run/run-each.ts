import { EXIT_CODES, type RunOutcome } from '#reports/model/run-report.ts';
import { worstOutcome } from '#reports/model/worst-outcome.ts';
import { type Explanation, explainError } from '../present/explain-error.ts';

/** How several seeds are run. */
export interface SeedsWishes<P, R> {
  readonly plans: readonly P[];
  /** Runs one seed; rejects when it has no report. */
  readonly run: (plan: P) => Promise<R>;
  readonly signal: AbortSignal;
  /** Whether a failure is explained by its stack. */
  readonly isDebug: boolean;
}

/** What several seeds came to, whether or not all of them could be run. */
export interface SeedsResult<R> {
  readonly reports: readonly R[];
  /** Of the worst of them. */
  readonly exitCode: number;
  /** Why the seed after the last report has none; absent when each seed that was begun has one. */
  readonly failure?: string;
}

/**
 * Runs seed after seed and goes on after one that does not hold; neither after an interruption nor after one without a report: what it
 * lacked, such as an environment, the next one would lack too. Never rejects: what the seeds before came to stands, and a
 * violation among them outranks the failure.
 */
export async function runEach<P extends { readonly seed: number }, R extends { readonly outcome: RunOutcome }>({
  plans,
  run,
  signal,
  isDebug,
}: SeedsWishes<P, R>): Promise<SeedsResult<R>> {
  const reports: R[] = [];
  let failed: (Explanation & { readonly seed: number }) | undefined;
  for (const plan of plans) {
    if (signal.aborted) break;
    try {
      reports.push(await run(plan));
    } catch (error) {
      failed = { seed: plan.seed, ...explainError(error, isDebug) };
      break;
    }
  }
  const outcomes = reports.map(({ outcome }): RunOutcome => outcome);
  // Ctrl-C may come between two runs.
  if (signal.aborted) outcomes.push('interrupted');
  const worst = worstOutcome(outcomes);
  if (failed === undefined) return { reports, exitCode: EXIT_CODES[worst] };
  return {
    reports,
    exitCode: worst === 'violated' ? EXIT_CODES.violated : failed.exitCode,
    failure: `seed ${failed.seed} has no verdict, and no seed after it is run:\n${failed.text}`,
  };
}
