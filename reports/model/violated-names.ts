import type { RunReport } from './run-report.ts';

/** Names of the invariants that a run violated, in the order in which they were judged. */
export const violatedNames = ({ verdicts }: Pick<RunReport, 'verdicts'>): readonly string[] =>
  verdicts.filter(({ verdict }) => verdict.outcome === 'violated').map(({ name }) => name);
