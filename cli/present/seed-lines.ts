import { addUp, type InvariantTotal } from '#reports/model/add-up.ts';
import type { RunReport } from '#reports/model/run-report.ts';
import { violatedNames } from '#reports/model/violated-names.ts';

type Run = Pick<RunReport, 'seed' | 'outcome' | 'durationMs' | 'faults' | 'verdicts' | 'inconclusive' | 'repeat'>;

/** What several seeds of one scenario have come to: the evidence of all together, then a line each, and for one that does not hold why and how to repeat it. */
export function seedLines(runs: readonly Run[], wanted: number): string[] {
  const { faults, invariants } = addUp(runs);
  const holding = runs.filter(({ outcome }) => outcome === 'holds').length;
  const digits = Math.max(...runs.map(({ seed }) => String(seed).length));
  return [
    '',
    'All seeds together',
    `  faults: ${faults.proven} of ${faults.injected} took effect and were healed, on evidence`,
    ...invariants.map(totalLine),
    '',
    `${holding} of ${wanted} seeds hold${runs.length < wanted ? `, ${wanted - runs.length} not run` : ''}`,
    ...runs.flatMap((run) => [
      `  ${String(run.seed).padStart(digits)}  ${`${(run.durationMs / 1000).toFixed(0)} s`.padStart(6)}  ${run.outcome}${reasonOf(run)}`,
      ...(run.outcome === 'holds' ? [] : [`  ${' '.repeat(digits)}          repeat: ${run.repeat}`]),
    ]),
  ];
}

function totalLine({ name, holds, runs, counts }: InvariantTotal): string {
  const counted = Object.entries(counts).map(([what, count]) => `, ${what} ${count}`);
  return `  ${name}: holds in ${holds} of ${runs}${counted.join('')}`;
}

function reasonOf(run: Run): string {
  const { outcome, inconclusive } = run;
  const broken = violatedNames(run);
  if (broken.length > 0) return `: ${broken.join(', ')}`;
  return outcome === 'inconclusive' && inconclusive[0] !== undefined ? `: ${inconclusive[0]}` : '';
}
