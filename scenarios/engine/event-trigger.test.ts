import { expect, test } from 'vitest';
import type { OnEvent } from '../model/fault-schedule.ts';
import { EventTrigger } from './event-trigger.ts';
import type { StepPointReached } from './step-point-detector.ts';

const condition: OnEvent = {
  kind: 'event',
  participant: 'payment',
  action: 'charge',
  point: 'reply-published',
  nth: 2,
  notBeforeMs: 5_000,
};
const reached = (sagaId: string, more: Partial<StepPointReached> = {}): StepPointReached => ({
  participant: 'payment',
  action: 'charge',
  point: 'reply-published',
  sagaId,
  ...more,
});

test('fires at the nth saga that reaches the point after notBeforeMs', () => {
  const trigger = new EventTrigger(condition);
  expect(trigger.isMetBy(reached('early'), 4_999)).toBe(false);
  expect(trigger.isMetBy(reached('a'), 5_000)).toBe(false);
  expect(trigger.isMetBy(reached('a'), 5_001)).toBe(false);
  expect(trigger.isMetBy(reached('b'), 5_002)).toBe(true);
});

test.each([
  ['participant', { participant: 'inventory' }],
  ['action', { action: 'refund' }],
  ['point', { point: 'command-sent' }],
] as const)('another %s does not count', (_, other) => {
  const trigger = new EventTrigger({ ...condition, nth: 1 });
  expect(trigger.isMetBy(reached('a', other), 6_000)).toBe(false);
  expect(trigger.isMetBy(reached('a'), 6_000)).toBe(true);
});

test('ten seconds late, any saga at the point will do', () => {
  const trigger = new EventTrigger({ ...condition, nth: 50 });
  expect(trigger.isMetBy(reached('a'), 14_999)).toBe(false);
  expect(trigger.isMetBy(reached('a'), 15_000)).toBe(true);
});
