import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { TopicRecord } from '../model/harvest.ts';
import { groupBy } from '../model/harvest-index.ts';
import { inOrder } from '../model/in-order.ts';

/**
 * For a read_committed consumer the versions of an aggregate in a topic are 1, 2, 3 … in the order of the log, and all its
 * records are in one partition (another partition has no order towards this one). Unknown when no record
 * is committed.
 */
export const orderIsKept = defineInvariant({
  name: 'order-is-kept',
  summary: 'per aggregate, the versions in a topic are 1, 2, 3 … in one partition',
  needs: ['topics'],
  check(_history, harvest) {
    const findings = new Findings();
    let records = 0;
    let aggregates = 0;
    for (const [topic, inTopic] of groupBy(harvest.topics, (record) => record.topic)) {
      const committed = inTopic.filter((record) => record.committed);
      records += committed.length;
      aggregates += checkTopic(topic, committed, findings);
    }
    return findings.verdict({ records, aggregates }, records, 'no record is committed in any topic');
  },
});

/** The records so that within each partition offsets ascend; as read, when they stand so already. */
function inLogOrder(records: readonly TopicRecord[]): readonly TopicRecord[] {
  const last: number[] = [];
  for (const { partition, offset } of records) {
    if (offset < (last[partition] ?? 0)) return inOrder(records, (record) => record.offset);
    last[partition] = offset;
  }
  return records;
}

interface Progress {
  readonly partition: number;
  version: number;
  offset: number;
}

/** Returns the number of aggregates. */
function checkTopic(topic: string, records: readonly TopicRecord[], findings: Findings): number {
  const progress = new Map<string, Progress>();
  for (const { aggregateId, partition, version, offset } of inLogOrder(records)) {
    const place = { hop: `outbox -> ${topic}` };
    const entity = (): string => `aggregate ${aggregateId} in ${topic}[${partition}]@${offset}`;
    const last = progress.get(aggregateId);
    if (last === undefined) {
      progress.set(aggregateId, { partition, version, offset });
      if (version !== 1) findings.violate(`begins with version ${version}`, { ...place, entity: entity() });
      continue;
    }
    if (partition !== last.partition) {
      findings.violate(`version ${version} is in partition ${partition}, earlier ones in ${last.partition}`, {
        ...place,
        entity: entity(),
      });
    } else if (offset === last.offset) {
      continue;
    } else if (version !== last.version + 1) {
      findings.violate(`version ${version} follows version ${last.version}`, { ...place, entity: entity() });
    }
    last.version = version;
    last.offset = offset;
  }
  return progress.size;
}
