import { describe, expect, it } from 'vitest';
import type { OutboxRow, TopicRecord } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { outboxExactlyOnce } from './outbox-exactly-once.ts';

const row = (id: string, version: number, given: Partial<OutboxRow> = {}): OutboxRow => ({
  service: 'order',
  id,
  topic: 'order.events',
  aggregateId: 'a',
  type: 'order.created',
  version,
  causeId: '',
  orderId: 'a',
  processed: true,
  traceId: 't',
  ...given,
});

const record = (messageId: string, version: number, offset: number, given: Partial<TopicRecord> = {}): TopicRecord => ({
  topic: 'order.events',
  partition: 0,
  offset,
  key: `a:${version}`,
  messageId,
  aggregateId: 'a',
  type: 'order.created',
  version,
  committed: true,
  causeId: '',
  traceId: 't',
  ...given,
});

const judge = (outbox: readonly OutboxRow[], topics: readonly TopicRecord[]) =>
  verdictOf(outboxExactlyOnce, new HistoryBuilder().build(), harvestOf({ outbox, topics }));

describe('outbox-exactly-once', () => {
  it.each<[string, readonly TopicRecord[]]>([
    ['rows and records one to one', [record('m1', 1, 0), record('m2', 2, 2)]],
    [
      'an aborted try before the committed one',
      [record('m1', 1, 0, { committed: false }), record('m1', 1, 2), record('m2', 2, 3)],
    ],
    ['an aborted ghost', [record('m1', 1, 0), record('m2', 2, 1), record('gone', 3, 2, { committed: false })]],
    ['a record that was read twice', [record('m1', 1, 0), record('m2', 2, 1), record('m2', 2, 1)]],
  ])('holds for %s', (_name, topics) => {
    expect(judge([row('m1', 1), row('m2', 2)], topics).outcome).toBe('holds');
  });

  it.each<[string, readonly OutboxRow[], readonly TopicRecord[], string]>([
    ['a lost row', [row('m1', 1, { processed: false })], [], 'lost: committed in the outbox, not in the topic'],
    ['a row marked before it was sent', [row('m1', 1)], [], 'lost: committed in the outbox, marked as processed'],
    ['a row that only aborted transactions carry', [row('m1', 1)], [record('m1', 1, 0, { committed: false })], 'lost'],
    [
      'a record sent twice',
      [row('m1', 1)],
      [record('m1', 1, 0), record('m1', 1, 4)],
      'twice in the log: first at order.events[0]@0, again at order.events[0]@4',
    ],
    [
      'a copy in another partition',
      [row('m1', 1)],
      [record('m1', 1, 0), record('m1', 1, 0, { partition: 1 })],
      'twice in the log',
    ],
    ['a ghost', [row('m1', 1)], [record('m1', 1, 0), record('m9', 2, 1)], 'ghost: at order.events[0]@1'],
    ['another topic', [row('m1', 1)], [record('m1', 1, 0, { topic: 'x' })], 'stands in x'],
    ['another aggregate', [row('m1', 1)], [record('m1', 1, 0, { aggregateId: 'b' })], 'aggregate a'],
    ['another type', [row('m1', 1)], [record('m1', 1, 0, { type: 'x' })], 'type order.created'],
    ['another version', [row('m1', 1)], [record('m1', 2, 0)], 'version 1'],
    ['a key that is the event id', [row('m1', 1)], [record('m1', 1, 0, { key: 'm1' })], 'its key is m1, not a:1'],
    ['a key of another version', [row('m1', 1)], [record('m1', 1, 0, { key: 'a:11' })], 'its key is a:11, not a:1'],
    [
      'a row that was never marked',
      [row('m1', 1, { processed: false })],
      [record('m1', 1, 0)],
      'never marked as processed',
    ],
    [
      'one id in two outboxes',
      [row('m1', 1), row('m1', 1, { service: 'payment' })],
      [record('m1', 1, 0)],
      'stands twice',
    ],
  ])('is violated by %s', (_name, outbox, topics, message) => {
    const verdict = judge(outbox, topics);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.message).toContain(message);
  });

  it('is unknown when no service has written to its outbox', () => {
    expect(judge([], []).outcome).toBe('unknown');
  });
});

describeInvariant(outboxExactlyOnce, ['outbox', 'topics'], {
  'a record is lost': ({ harvest }, pick) => remove(harvest.topics, pick(harvest.topics)),
  'a row is lost': ({ harvest }, pick) => remove(harvest.outbox, pick(harvest.outbox)),
  'a record was aborted': ({ harvest }, pick) => {
    pick(harvest.topics).committed = false;
  },
  'a record stands twice': ({ harvest }, pick) => {
    harvest.topics.push({ ...pick(harvest.topics), offset: 1_000_000 });
  },
  'a version differs': ({ harvest }, pick) => {
    pick(harvest.topics).version += 1;
  },
  'a row is not marked': ({ harvest }, pick) => {
    pick(harvest.outbox).processed = false;
  },
});
