import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OutboxRow, TopicRecord } from '../model/harvest.ts';
import { messageTable } from '../model/message-table.ts';

/**
 * Committed outbox rows and read_committed records are one to one by message id: no row without a record (lost), none with
 * two (records are told apart by partition and offset: a redelivery is no duplicate), no record without a row (ghost). A pair
 * agrees on topic, aggregate, type, version and key `<aggregate>:<version>`, and every row is marked as processed. Records of aborted
 * transactions do not count. Unknown when there is no outbox row.
 */
export const outboxExactlyOnce = defineInvariant({
  name: 'outbox-exactly-once',
  summary: 'committed outbox rows and read_committed topic records are one to one: none lost, none twice, no ghost',
  needs: ['outbox', 'topics'],
  check(_history, harvest) {
    const findings = new Findings();
    const messages = messageTable(harvest);
    const aborted = checkRecords(harvest, findings);
    harvest.outbox.forEach((row, n) => {
      const place = (hop: string) => ({ entity: `message ${row.id} (${row.service}, ${row.type})`, hop });
      const number = messages.numberOfRow(n);
      if (number !== n) findings.violate('stands twice in the outboxes', place(`${row.service}: handler -> outbox`));
      if (messages.record(number) === undefined) {
        const marked = row.processed ? 'marked as processed, ' : '';
        findings.violate(
          `lost: committed in the outbox, ${marked}not in the topic`,
          place(`${row.service}: outbox -> ${row.topic}`),
        );
      } else if (!row.processed) {
        findings.violate('in the topic, but never marked as processed', place(`${row.topic} -> outbox`));
      }
    });
    const counts = { rows: harvest.outbox.length, committed: harvest.topics.length - aborted, aborted };
    return findings.verdict(counts, harvest.outbox.length, 'no service has written to its outbox');
  },
});

/** Returns the number of records that no read_committed consumer sees. */
function checkRecords(harvest: Harvest, findings: Findings): number {
  const messages = messageTable(harvest);
  let aborted = 0;
  harvest.topics.forEach((record, place) => {
    if (!record.committed) {
      aborted += 1;
      return;
    }
    const number = messages.numberOfRecord(place);
    const first = messages.record(number);
    if (first !== record && first !== undefined && !isSamePlace(first, record)) {
      violate(findings, record, `twice in the log: first at ${placeOf(first)}, again at ${placeOf(record)}`, true);
    }
    const row = messages.row(number);
    if (row === undefined) violate(findings, record, `ghost: at ${placeOf(record)}, but in no outbox`);
    else {
      const difference = firstDifference(row, record);
      if (difference !== undefined) violate(findings, record, difference);
    }
  });
  return aborted;
}

function violate(findings: Findings, record: TopicRecord, message: string, isFinal?: true): void {
  findings.violate(message, {
    ...(isFinal && { isFinal }),
    entity: `message ${record.messageId} (${record.type})`,
    hop: `outbox -> ${record.topic}`,
  });
}

const isSamePlace = (a: TopicRecord, b: TopicRecord): boolean =>
  a.offset === b.offset && a.partition === b.partition && a.topic === b.topic;

const placeOf = (record: TopicRecord): string => `${record.topic}[${record.partition}]@${record.offset}`;

function firstDifference(row: OutboxRow, record: TopicRecord): string | undefined {
  if (row.topic !== record.topic) return `meant for topic ${row.topic}, stands in ${record.topic}`;
  if (row.aggregateId !== record.aggregateId) return `aggregate ${row.aggregateId}, in the topic ${record.aggregateId}`;
  if (row.type !== record.type) return `type ${row.type}, in the topic ${record.type}`;
  if (row.version !== record.version) return `version ${row.version}, in the topic ${record.version}`;
  if (!isKey(record.key, row.aggregateId, row.version)) {
    return `its key is ${record.key}, not ${row.aggregateId}:${row.version}`;
  }
  return undefined;
}

const COLON = 58;

/** Whether `key` is `<aggregate>:<version>`, without building that text for every record. */
function isKey(key: string, aggregateId: string, version: number): boolean {
  const separator = aggregateId.length;
  return (
    key.charCodeAt(separator) === COLON && key.startsWith(aggregateId) && key.slice(separator + 1) === String(version)
  );
}
