import { expect, test } from 'vitest';
import { describeActivity, isQuiescent, type SystemActivity } from './system-activity.ts';

const idle: SystemActivity = {
  sagas: [],
  orders: [],
  outbox: { order: 0 },
  lag: { payment: 0 },
  pending: { payments: 0 },
};

test('a system with nothing outstanding is quiescent', () => {
  expect(isQuiescent(idle)).toBe(true);
  expect(describeActivity(idle)).toBe('nothing outstanding');
});

test.each([
  ['a saga', { sagas: ['s-1 RUNNING reserve v3'] }, '1 sagas (s-1 RUNNING reserve v3)'],
  ['an order', { orders: ['o-1'] }, '1 orders (o-1)'],
  ['an outbox row', { outbox: { order: 0, payment: 2 } }, 'outbox payment 2'],
  ['a message', { lag: { orchestrator: 4 } }, 'lag orchestrator 4'],
  ['a charge', { pending: { payments: 1 } }, 'pending payments 1'],
] as const)('%s outstanding is not quiescent and is named', (_, part, text) => {
  const activity = { ...idle, ...part };
  expect(isQuiescent(activity)).toBe(false);
  expect(describeActivity(activity)).toBe(text);
});
