import { expect, test } from 'vitest';
import type { SystemActivity } from '../model/system-activity.ts';
import { ActivityWatch } from './activity-watch.ts';

const idle: SystemActivity = { sagas: [], orders: [], outbox: {}, lag: {}, pending: {} };
const busy = (saga: string): SystemActivity => ({ ...idle, sagas: [saga] });
const watchFrom = (nowMs: number): ActivityWatch => new ActivityWatch({ stuckAfterMs: 15_000, boundMs: 60_000 }, nowMs);

test('rest must be seen twice in a row', () => {
  const watch = watchFrom(0);
  expect(watch.look(idle, 0)).toBe('moving');
  expect(watch.look(busy('s-1 v1'), 200)).toBe('moving');
  expect(watch.look(idle, 400)).toBe('moving');
  expect(watch.look(idle, 600)).toBe('quiescent');
});

test('what does not change for 15 s is stuck', () => {
  const watch = watchFrom(0);
  expect(watch.look(busy('s-1 v1'), 1_000)).toBe('moving');
  expect(watch.look(busy('s-1 v1'), 15_999)).toBe('moving');
  expect(watch.look(busy('s-1 v1'), 16_000)).toBe('stuck');
});

test('any change is a sign of life, until the bound', () => {
  const watch = watchFrom(0);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 10_000) {
    expect(watch.look(busy(`s-1 v${nowMs}`), nowMs)).toBe('moving');
  }
  expect(watch.look(busy('s-1 v60'), 60_000)).toBe('too-late');
});
