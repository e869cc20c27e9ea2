import type { RunReport } from '#reports/model/run-report.ts';

type Run = Pick<RunReport, 'seed' | 'outcome' | 'durationMs' | 'verdicts' | 'inconclusive' | 'repeat'>;

/** What several seeds of one scenario have come to: a line each, and for one that does not hold why and how to repeat it. */
export function seedLines(runs: readonly Run[], wanted: number): string[] {
  const holding = runs.filter(({ outcome }) => outcome === 'holds').length;
  const digits = Math.max(...runs.map(({ seed }) => String(seed).length));
  return [
    `${holding} of ${wanted} seeds hold${runs.length < wanted ? `, ${wanted - runs.length} not run` : ''}`,
    ...runs.flatMap((run) => [
      `  ${String(run.seed).padStart(digits)}  ${`${(run.durationMs / 1000).toFixed(0)} s`.padStart(6)}  ${run.outcome}${reasonOf(run)}`,
      ...(run.outcome === 'holds' ? [] : [`  ${' '.repeat(digits)}          repeat: ${run.repeat}`]),
    ]),
  ];
}

function reasonOf({ outcome, verdicts, inconclusive }: Run): string {
  const broken = verdicts.flatMap(({ name, verdict }) => (verdict.outcome === 'violated' ? [name] : []));
  if (broken.length > 0) return `: ${broken.join(', ')}`;
  return outcome === 'inconclusive' && inconclusive[0] !== undefined ? `: ${inconclusive[0]}` : '';
}
