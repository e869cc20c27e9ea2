import { describe, expect, it } from 'vitest';
import type { TopicRecord } from '../model/harvest.ts';
import { describeInvariant, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { orderIsKept } from './order-is-kept.ts';

/** `aggregate version partition offset`, all in one topic; a trailing `!` marks an aborted record. */
const log = (...lines: readonly string[]): readonly TopicRecord[] =>
  lines.map((line) => {
    const [aggregateId = '', version, partition, offset] = line.replace('!', '').split(' ');
    return {
      topic: 'order.events',
      partition: Number(partition),
      offset: Number(offset),
      key: `${aggregateId}:${version}`,
      messageId: line,
      aggregateId,
      type: 'x',
      version: Number(version),
      committed: !line.endsWith('!'),
      causeId: '',
      traceId: 't',
    };
  });

const judge = (topics: readonly TopicRecord[]) =>
  verdictOf(orderIsKept, new HistoryBuilder().build(), harvestOf({ topics }));

describe('order-is-kept', () => {
  it.each([
    ['versions in order', log('a 1 0 0', 'a 2 0 1', 'a 3 0 5')],
    ['aggregates mixed over partitions', log('a 1 0 0', 'b 1 1 0', 'a 2 0 1', 'b 2 1 3')],
    ['records that were not read in the order of the log', log('a 2 0 1', 'a 1 0 0')],
    ['an aborted record in between', log('a 1 0 0', 'a 2 0 1!', 'a 2 0 3')],
    ['a record that was read twice', log('a 1 0 0', 'a 1 0 0', 'a 2 0 1')],
  ])('holds for %s', (_name, topics) => {
    expect(judge(topics).outcome).toBe('holds');
  });

  it.each([
    ['a gap', log('a 1 0 0', 'a 3 0 1'), 'version 3 follows version 1'],
    ['versions exchanged', log('a 2 0 0', 'a 1 0 1'), 'begins with version 2'],
    ['a version sent again', log('a 1 0 0', 'a 2 0 1', 'a 2 0 2'), 'version 2 follows version 2'],
    ['the first one missing', log('a 2 0 0'), 'begins with version 2'],
    ['two partitions', log('a 1 0 0', 'a 2 3 0'), 'is in partition 3, earlier ones in 0'],
  ])('is violated by %s', (_name, topics, message) => {
    const verdict = judge(topics);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.message).toContain(message);
    expect(verdict.violations[0]?.entity).toContain('aggregate a in order.events');
  });

  it('tells topics apart', () => {
    const second = log('a 1 4 0').map((record) => ({ ...record, topic: 'payment.events' }));
    expect(judge([...log('a 1 0 0'), ...second]).outcome).toBe('holds');
  });

  it('is unknown when nothing is committed', () => {
    expect(judge(log('a 1 0 0!')).outcome).toBe('unknown');
  });
});

describeInvariant(orderIsKept, ['topics'], {
  'a version is skipped': ({ harvest }, pick) => {
    pick(harvest.topics).version += 1;
  },
  'a record moves to another partition': ({ harvest }, pick) => {
    const record = pick(harvest.topics.filter(({ topic, version }) => topic === 'inventory.replies' && version === 2));
    record.partition += 1;
  },
  'a record comes once more, later': ({ harvest }, pick) => {
    harvest.topics.push({ ...pick(harvest.topics), offset: 1_000_000 });
  },
});
