import type { InvariantSummary, RunReport } from './run-report.ts';

/** What several runs were judged by, together. */
export interface Together {
  readonly faults: { readonly injected: number; readonly proven: number };
  readonly invariants: readonly InvariantTotal[];
}

export interface InvariantTotal {
  readonly name: string;
  readonly holds: number;
  readonly runs: number;
  /** Of all runs: the sum of each count, the largest of each time (names that end in `Ms`). */
  readonly counts: Readonly<Record<string, number>>;
}

/** Adds up the evidence of runs, invariants in the order in which they first come. */
export function addUp(runs: readonly Pick<RunReport, 'faults' | 'verdicts'>[]): Together {
  const faults = runs.flatMap((run) => run.faults);
  const byName = Map.groupBy(
    runs.flatMap((run) => run.verdicts),
    ({ name }) => name,
  );
  return {
    faults: {
      injected: faults.length,
      proven: faults.filter(({ effective, healed }) => effective !== undefined && healed !== undefined).length,
    },
    invariants: [...byName].map(([name, verdicts]) => ({
      name,
      holds: verdicts.filter(({ verdict }) => verdict.outcome === 'holds').length,
      runs: verdicts.length,
      counts: totalOf(verdicts),
    })),
  };
}

function totalOf(verdicts: readonly InvariantSummary[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { verdict } of verdicts) {
    for (const [name, count] of Object.entries(verdict.counts)) {
      const before = total[name] ?? 0;
      total[name] = name.endsWith('Ms') ? Math.max(before, count) : before + count;
    }
  }
  return total;
}
