import type { RunOutcome } from './run-report.ts';

/** The worst first: what was refuted stays refuted, however the other runs ended. */
const WORST_FIRST = [
  'violated',
  'environment-error',
  'interrupted',
  'inconclusive',
  'holds',
] as const satisfies readonly RunOutcome[];

/** How several runs ended, as a whole; they are not held to hold when there was none. */
export const worstOutcome = (outcomes: readonly RunOutcome[]): RunOutcome =>
  WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'inconclusive';
