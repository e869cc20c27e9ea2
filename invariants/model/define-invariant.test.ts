import { expect, it } from 'vitest';
import { OBJECTIVES } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { defineInvariant, type HarvestSource } from './define-invariant.ts';
import type { Harvest } from './harvest.ts';
import { holds, violated } from './make-verdict.ts';
import type { Verdict } from './verdict.ts';

const twice = violated([{ message: 'charged twice', entity: 'order o-1', hop: 'a -> b', events: [] }], { orders: 3 });

function check(verdict: Verdict, needs: readonly HarvestSource[], given: Partial<Harvest>): Verdict {
  const invariant = defineInvariant({ name: 'i', summary: 's', needs, check: () => verdict });
  return invariant.check(new HistoryBuilder().build(), harvestOf(given), OBJECTIVES);
}

it('knows nothing when a source that it needs could not be read', () => {
  const unreadable = [{ source: 'outbox/payment', reason: 'refused' }];
  expect(check(holds({}), ['outbox'], { unreadable })).toMatchObject({
    outcome: 'unknown',
    reason: 'outbox/payment could not be read: refused',
  });
  expect(check(holds({}), ['orders'], { unreadable }).outcome).toBe('holds');
});

it('is not refuted by what a system lacked that was still at work, and tells what it would have been refuted by', () => {
  const stillAtWork = '3 sagas';
  expect(check(twice, ['orders'], { stillAtWork })).toEqual({
    outcome: 'unknown',
    violations: [],
    counts: { orders: 3, violations: 1 },
    reason: 'the system was still at work (3 sagas); as it stood: order o-1: charged twice',
  });
  expect(check(holds({ orders: 3 }), ['orders'], { stillAtWork }).outcome).toBe('holds');
  expect(check(twice, ['orders'], {})).toBe(twice);
  // Nothing that may still come undoes these.
  const final = { message: 'twice in the log', entity: 'message m-1', events: [], isFinal: true } as const;
  expect(check(violated([...twice.violations, final], { orders: 3 }), ['orders'], { stillAtWork })).toEqual(
    violated([final], { orders: 3, violations: 1 }),
  );
  // The history does not go on.
  expect(check(twice, [], { stillAtWork })).toBe(twice);
});
