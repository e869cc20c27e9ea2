import { recordAggregates } from '../model/aggregates.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, TopicRecord } from '../model/harvest.ts';

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
    const { aggregates, ofPlace } = recordAggregates(harvest);
    const last = new LastRecords(aggregates.count);
    let records = 0;
    for (const place of placesInLogOrder(harvest)) {
      const record = harvest.topics[place];
      if (record?.committed !== true) continue;
      records += 1;
      last.take(record, ofPlace[place] ?? 0, findings);
    }
    const counts = { records, aggregates: last.aggregates };
    return findings.verdict(counts, records, 'no record is committed in any topic');
  },
});

/** Places of `harvest.topics` so that within each partition offsets ascend; as read, when they stand so already. */
function placesInLogOrder({ topics }: Harvest): Iterable<number> {
  const last = new Map<string, number[]>();
  for (const { topic, partition, offset } of topics) {
    let ofTopic = last.get(topic);
    if (ofTopic === undefined) {
      ofTopic = [];
      last.set(topic, ofTopic);
    }
    if (offset < (ofTopic[partition] ?? 0)) {
      return topics.map((_, place) => place).sort((a, b) => (topics[a]?.offset ?? 0) - (topics[b]?.offset ?? 0));
    }
    ofTopic[partition] = offset;
  }
  return topics.keys();
}

/** The last committed record of each aggregate. */
class LastRecords {
  readonly #partitions: Int32Array;
  readonly #versions: Int32Array;
  readonly #offsets: Float64Array;
  aggregates = 0;

  constructor(aggregates: number) {
    this.#partitions = new Int32Array(aggregates);
    this.#versions = new Int32Array(aggregates);
    this.#offsets = new Float64Array(aggregates).fill(-1);
  }

  take({ topic, aggregateId, partition, version, offset }: TopicRecord, aggregate: number, findings: Findings): void {
    const violate = (message: string): void =>
      findings.violate(message, {
        entity: `aggregate ${aggregateId} in ${topic}[${partition}]@${offset}`,
        hop: `outbox -> ${topic}`,
        // A log only grows.
        isFinal: true,
      });
    const lastOffset = this.#offsets[aggregate] ?? -1;
    const lastPartition = this.#partitions[aggregate];
    if (lastOffset < 0) {
      this.aggregates += 1;
      this.#partitions[aggregate] = partition;
      if (version !== 1) violate(`begins with version ${version}`);
    } else if (partition !== lastPartition) {
      violate(`version ${version} is in partition ${partition}, earlier ones in ${lastPartition}`);
    } else if (offset === lastOffset) {
      return;
    } else if (version !== (this.#versions[aggregate] ?? 0) + 1) {
      violate(`version ${version} follows version ${this.#versions[aggregate]}`);
    }
    this.#versions[aggregate] = version;
    this.#offsets[aggregate] = offset;
  }
}
