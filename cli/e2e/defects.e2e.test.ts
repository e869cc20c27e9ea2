import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '#reports/model/run-report.ts';
import { loadDefect } from '#scenarios/defects/load-defect.ts';
import { makePlan } from '#scenarios/engine/plan.ts';
import type { ScheduledFault } from '#scenarios/model/fault-schedule.ts';
import { scenarioNamed } from '../run/scenario-named.ts';
import { chaos, temporaryStateDir } from '../testing/chaos-process.ts';

/** Shorter than the default storm; long enough for every fault that these bugs need. */
const STORM = { stormMs: 30_000, orders: 130 } as const;

interface Kind {
  readonly kind: string;
  readonly defect: string;
  /** A fault without which the bug has no way to show; the first seed that draws it is taken. */
  readonly needs?: (fault: ScheduledFault) => boolean;
}

/** One for each kind of bug that the judge must be able to see. Which invariant must catch it, the defect says itself. */
const KINDS: readonly Kind[] = [
  { kind: 'no inbox check', defect: 'cons-no-inbox-check' },
  { kind: 'the relay marks before it sends', defect: 'relay-marks-before-send' },
  { kind: 'an idempotency key per attempt', defect: 'pay-key-per-attempt' },
  { kind: 'a compensation skipped', defect: 'comp-hold-not-released' },
  { kind: 'a reply after the timeout accepted', defect: 'saga-late-reply-accepted' },
  { kind: 'the stock check outside the transaction', defect: 'inv-read-then-write' },
  { kind: 'the outbox written after the commit', defect: 'outbox-after-commit', needs: endsPostgres },
  { kind: 'the orchestrator forgets its state on restart', defect: 'saga-forgets-on-restart' },
];

describe('a run with a planted bug ends with exit 1, and the invariant that the bug breaks is violated', () => {
  // A seed repeats the plan, not the interleaving: a bug may need a second run to meet its window.
  it.each(KINDS)('$kind ($defect)', { retry: 1 }, async ({ defect: name, needs }) => {
    const { defect } = await loadDefect(name);
    await using stateDir = await temporaryStateDir();
    const storm = ['--storm', `${STORM.stormMs}ms`, '--orders', String(STORM.orders)];
    const run = await chaos(
      ['run', 'saga-recovery', '--seed', String(firstSeed(needs)), '--defect', name, ...storm, '--ports', 'auto'],
      stateDir.path,
    );
    const said = `${run.stdout}\n${run.stderr}`;
    expect(run.code, said).toBe(1);
    const report: RunReport = JSON.parse(await readFile(join(await stateDir.bundle(), 'report.json'), 'utf8'));
    const violated = report.verdicts.filter(({ verdict }) => verdict.outcome === 'violated').map((each) => each.name);
    expect(violated, said).toEqual(expect.arrayContaining([...defect.invariants]));
    expect(report.defect).toBe(name);
  });
});

function endsPostgres({ fault, params }: ScheduledFault): boolean {
  const isEnd = fault === 'kill' || fault === 'stop';
  return (
    isEnd && typeof params === 'object' && params !== null && 'component' in params && params.component === 'postgres'
  );
}

function firstSeed(needs: Kind['needs']): number {
  const scenario = scenarioNamed('saga-recovery');
  for (let seed = 1; seed <= 100; seed += 1) {
    if (needs === undefined || makePlan(scenario, seed, STORM).schedule.steps.some(needs)) return seed;
  }
  throw new Error('none of 100 seeds draws the fault that the bug needs');
}
