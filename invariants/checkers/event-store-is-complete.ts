import { checkReplay } from '../clauses/replay-gives-states.ts';
import { recordAggregates } from '../model/aggregates.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, StoredEventRow, TopicRecord } from '../model/harvest.ts';
import { messageTable } from '../model/message-table.ts';
import { aggregateOf, storedInOrder, storedMessages } from '../model/replayed-states.ts';

const isEvents = (topic: string): boolean => topic.endsWith('.events');

/**
 * The event store holds every committed record of the `*.events` topics once and nothing else, each as it stands in the topic, and per
 * aggregate their versions ascend 1, 2, 3 … with the position. Replayed, it gives the services' states, as far as types tell them: the
 * status of every order, payment, reservation, notification, saga and hold, and the kinds of all wallet entries. Unknown when
 * no domain event is committed.
 */
export const eventStoreIsComplete = defineInvariant({
  name: 'event-store-is-complete',
  summary: "the event store holds every domain event once and in order, and replaying it gives the services' states",
  needs: [
    'storedEvents',
    'topics',
    'outbox',
    'orders',
    'payments',
    'reservations',
    'notifications',
    'sagas',
    'spendingHolds',
    'walletEntries',
  ],
  check(_history, harvest) {
    const findings = new Findings();
    const isStored = checkStored(harvest, findings);
    const events = checkRecords(harvest, isStored, findings);
    checkReplay(harvest, findings);
    const counts = { events, stored: harvest.storedEvents.length };
    return findings.verdict(counts, events, 'no domain event is committed in any topic');
  },
});

const entityOf = ({ topic, type, messageId }: StoredEventRow | TopicRecord): string =>
  `event ${messageId} (${topic}, ${type})`;

/** Returns which messages, by their numbers, the store holds. */
function checkStored(harvest: Harvest, findings: Findings): Uint8Array {
  const messages = messageTable(harvest);
  const numbers = storedMessages(harvest);
  const isStored = new Uint8Array(messages.size);
  const versions = new Int32Array(recordAggregates(harvest).aggregates.count);
  storedInOrder(harvest).forEach((row, place) => {
    const violate = (message: string): void =>
      findings.violate(`position ${row.position}: ${message}`, {
        entity: entityOf(row),
        hop: `${row.topic} -> event store`,
      });
    const number = numbers[place] ?? -1;
    const record = messages.record(number);
    if (record === undefined) {
      violate('no such record is committed in any topic');
      return;
    }
    if (isStored[number] === 1) violate('stands twice in the store');
    isStored[number] = 1;
    const difference = firstDifference(row, record);
    if (difference !== undefined) violate(difference);
    const aggregate = aggregateOf(harvest, row, place);
    const last = versions[aggregate];
    if (last === undefined) return;
    if (row.version !== last + 1) violate(`version ${row.version} of ${row.aggregateId} follows version ${last}`);
    versions[aggregate] = row.version;
  });
  return isStored;
}

function firstDifference(row: StoredEventRow, record: TopicRecord): string | undefined {
  if (row.topic !== record.topic) return `stands in topic ${record.topic}`;
  if (row.aggregateId !== record.aggregateId) return `aggregate ${row.aggregateId}, in the topic ${record.aggregateId}`;
  if (row.type !== record.type) return `type ${row.type}, in the topic ${record.type}`;
  return row.version === record.version ? undefined : `version ${row.version}, in the topic ${record.version}`;
}

/** Returns how many domain events are committed. */
function checkRecords(harvest: Harvest, isStored: Uint8Array, findings: Findings): number {
  const messages = messageTable(harvest);
  let events = 0;
  for (let number = 0; number < messages.size; number++) {
    const record = messages.record(number);
    if (record === undefined || !isEvents(record.topic)) continue;
    events += 1;
    if (isStored[number] === 1) continue;
    const at = `${record.topic}[${record.partition}]@${record.offset}`;
    findings.violate(`version ${record.version} of ${record.aggregateId}, at ${at}, is missing`, {
      entity: entityOf(record),
      hop: `${record.topic} -> event store`,
    });
  }
  return events;
}
