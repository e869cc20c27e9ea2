import { expect, test } from 'vitest';
import type { PlacedRecord } from './kafka-log/read-log.ts';
import { StepPointDetector } from './step-point-detector.ts';

function record(topic: string, value: unknown, more: Partial<PlacedRecord> = {}): PlacedRecord {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { topic, partition: 0, offset: 0, key: undefined, value: bytes, headers: {}, ...more };
}

const reserve = { saga_id: 's-1', action: 'reserve' };
const point = (name: string) => ({ participant: 'inventory', action: 'reserve', sagaId: 's-1', point: name });

test('a command, the event that it caused and its reply are points of the step', () => {
  const detector = new StepPointDetector();
  expect(detector.onRecord(record('inventory.commands', reserve, { headers: { 'message-id': 'c-1' } }))).toEqual([
    point('command-sent'),
  ]);
  expect(detector.onRecord(record('inventory.events', {}, { headers: { 'cause-id': 'c-1' } }))).toEqual([
    point('effect-committed'),
  ]);
  expect(detector.onRecord(record('inventory.replies', reserve))).toEqual([point('reply-published')]);
});

test.each([
  ['user', 'hold-limit'],
  ['wallet', 'redeem-points'],
  ['wallet', 'top-up'],
] as const)('every participant has points: %s %s', (participant, action) => {
  const detector = new StepPointDetector();
  const message = { saga_id: 's-1', action };
  const records = [
    record(`${participant}.commands`, message, { headers: { 'message-id': 'c-1' } }),
    record(`${participant}.events`, {}, { headers: { 'cause-id': 'c-1' } }),
    record(`${participant}.replies`, message),
  ];
  expect(records.flatMap((one) => detector.onRecord(one))).toEqual(
    ['command-sent', 'effect-committed', 'reply-published'].map((name) => ({
      participant,
      action,
      sagaId: 's-1',
      point: name,
    })),
  );
});

test('a commit consumes the commands before its offset, once, in its own partition', () => {
  const detector = new StepPointDetector();
  for (const offset of [4, 5, 6]) {
    const headers = { 'message-id': `c-${offset}` };
    detector.onRecord(
      record('inventory.commands', { ...reserve, saga_id: `s-${offset}` }, { offset, headers, partition: 2 }),
    );
  }
  const commit = { group: 'inventory', topic: 'inventory.commands', partition: 2 };
  const sagas = (offset: number, more = {}) =>
    detector.onCommit({ ...commit, offset, ...more }).map(({ sagaId }) => sagaId);
  expect(sagas(6, { partition: 1 })).toEqual([]);
  expect(sagas(6, { group: 'inventory.relay' })).toEqual([]);
  expect(sagas(6)).toEqual(['s-4', 's-5']);
  expect(sagas(6)).toEqual([]);
  expect(sagas(9)).toEqual(['s-6']);
});

test.each([
  ['an event that no command caused', 'inventory.events', {}, {}],
  ['an event caused by a command to another participant', 'payment.events', {}, { 'cause-id': 'c-1' }],
  ['a message that is no JSON', 'inventory.commands', 'garbage', {}],
  ['a record of a topic that has no step', 'saga.events', reserve, {}],
] as const)('%s is no point', (_, topic, value, headers) => {
  const detector = new StepPointDetector();
  detector.onRecord(record('inventory.commands', reserve, { headers: { 'message-id': 'c-1' } }));
  expect(detector.onRecord(record(topic, value, { headers }))).toEqual([]);
});
