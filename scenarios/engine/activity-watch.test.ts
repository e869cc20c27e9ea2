import { expect, test } from 'vitest';
import { type SystemActivity, UNREADABLE } from '../model/system-activity.ts';
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

test('while ever less is outstanding it may take three times as long', () => {
  const watch = watchFrom(0);
  const left = (count: number): SystemActivity => ({
    ...idle,
    sagas: Array.from({ length: count }, (_, n) => `s-${n}`),
  });
  for (let nowMs = 0; nowMs < 180_000; nowMs += 10_000) {
    expect(watch.look(left(20 - nowMs / 10_000), nowMs)).toBe('moving');
  }
  expect(watch.look(left(1), 180_000)).toBe('still-draining');
});

test('when all sagas have ended, what is still carried counts, so that a slow consumer may take as long', () => {
  const watch = watchFrom(0);
  const behind = (records: number): SystemActivity => ({ ...idle, lag: { 'event-store': records } });
  expect(watch.look({ ...behind(5_000), sagas: ['s-1'] }, 0)).toBe('moving');
  for (let nowMs = 10_000; nowMs < 180_000; nowMs += 10_000) {
    expect(watch.look(behind(4_000 - nowMs / 100), nowMs)).toBe('moving');
  }
  expect(watch.look(behind(1), 180_000)).toBe('still-draining');
});

test('sagas that go on without coming to an end have no more time than the bound', () => {
  const watch = watchFrom(0);
  for (const [left, nowMs] of [
    [3, 0],
    [2, 40_000],
    [2, 50_000],
  ] as const) {
    expect(watch.look({ ...busy(`s v${nowMs}`), pending: { payments: left } }, nowMs)).toBe('moving');
  }
  expect(watch.look({ ...busy('s v60'), pending: { payments: 2 } }, 60_000)).toBe('endless');
});

test('a look that could not be taken is no sign that less is outstanding', () => {
  const watch = watchFrom(0);
  expect(watch.look(busy('s v1'), 0)).toBe('moving');
  expect(watch.look({ ...idle, orders: ['no answer'], pending: { [UNREADABLE]: 1 } }, 50_000)).toBe('moving');
  expect(watch.look(busy('s v2'), 60_000)).toBe('endless');
});

test('any change is a sign of life, until the bound', () => {
  const watch = watchFrom(0);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 10_000) {
    expect(watch.look(busy(`s-1 v${nowMs}`), nowMs)).toBe('moving');
  }
  expect(watch.look(busy('s-1 v60'), 60_000)).toBe('endless');
});
