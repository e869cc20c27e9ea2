import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OutboxRow } from '../model/harvest.ts';
import { groupBy, outboxByCause } from '../model/harvest-index.ts';
import { messageTable } from '../model/message-table.ts';
import { transitionCauses } from '../model/transition-causes.ts';

const DEAD_LETTERED = 'dead-lettered';

/**
 * Each subscriber applied each committed record once: one inbox row per record (none lost, none twice), no inbox row without a
 * record, a message that was put aside left a dead letter, and handling one message published at most one message of a type about
 * an aggregate and moved its saga at most once. The last two show a handler that ran twice even where business keys hide the
 * rest; a command that was legitimately sent again has another id, so what it causes has another cause. Unknown when no subscribed
 * topic has a committed record.
 */
export const effectsExactlyOnce = defineInvariant({
  name: 'effects-exactly-once',
  summary: 'each consumer applied each message once: none lost, none twice',
  needs: ['inbox', 'outbox', 'topics', 'subscriptions', 'transitions'],
  check(_history, harvest) {
    const findings = new Findings();
    const handled = checkInboxes(harvest, findings);
    const due = checkRecords(harvest, handled, findings);
    checkCauses(harvest, findings);
    checkTransitions(harvest, findings);
    const deadLettered = checkDeadLetters(harvest, findings);
    const counts = { due, handled: harvest.inbox.length, deadLettered };
    return findings.verdict(counts, due, 'no subscribed topic has a committed record');
  },
});

/** Which services have handled a message: one bit per service in the message's place. */
interface Handled {
  readonly bitOf: ReadonlyMap<string, number>;
  readonly bits: Uint32Array;
}

const MAX_SERVICES = 32;

function checkInboxes(harvest: Harvest, findings: Findings): Handled {
  const messages = messageTable(harvest);
  const bitOf = new Map<string, number>();
  const bits = new Uint32Array(messages.size);
  const bitFor = (service: string): number => {
    const known = bitOf.get(service);
    if (known !== undefined) return known;
    if (bitOf.size === MAX_SERVICES) throw new Error(`more than ${MAX_SERVICES} services have an inbox`);
    const bit = (1 << bitOf.size) >>> 0;
    bitOf.set(service, bit);
    return bit;
  };
  for (const { service } of harvest.subscriptions) bitFor(service);
  for (const row of harvest.inbox) {
    const bit = bitFor(row.service);
    const violate = (message: string): void =>
      findings.violate(message, {
        entity: `message ${row.messageId} in ${row.service}`,
        hop: `${row.topic} -> ${row.service} inbox`,
      });
    const number = messages.numberOf(row.messageId);
    const record = messages.record(number);
    if (record === undefined) {
      violate('handled, but no such record is committed in any topic');
      continue;
    }
    if (record.topic !== row.topic) violate(`handled as a record of ${row.topic}, but it stands in ${record.topic}`);
    const seen = bits[number] ?? 0;
    if ((seen & bit) !== 0) violate('twice in the inbox');
    bits[number] = seen | bit;
  }
  return { bitOf, bits };
}

/** Returns how many inbox rows there should be. */
function checkRecords(harvest: Harvest, { bitOf, bits }: Handled, findings: Findings): number {
  const messages = messageTable(harvest);
  const subscribers = groupBy(harvest.subscriptions, (subscription) => subscription.topic);
  let due = 0;
  for (let number = 0; number < messages.size; number++) {
    const record = messages.record(number);
    if (record === undefined) continue;
    for (const { service } of subscribers.get(record.topic) ?? []) {
      due += 1;
      if (((bits[number] ?? 0) & (bitOf.get(service) ?? 0)) !== 0) continue;
      const at = `${record.topic}[${record.partition}]@${record.offset}`;
      findings.violate(`lost: ${record.type} at ${at} was never handled`, {
        entity: `message ${record.messageId} in ${service}`,
        hop: `${record.topic} -> ${service} inbox`,
      });
    }
  }
  return due;
}

const NONE = -1;

/** Follows, for each cause, the chain of the rows that it has led to so far; chains are a few rows long. */
function checkCauses(harvest: Harvest, findings: Findings): void {
  const messages = messageTable(harvest);
  const lastEffect = new Int32Array(messages.size).fill(NONE);
  const earlier = new Int32Array(harvest.outbox.length).fill(NONE);
  harvest.outbox.forEach((row, n) => {
    const cause = messages.causeOf(n);
    if (cause === NONE) return;
    for (let other = lastEffect[cause] ?? NONE; other !== NONE; other = earlier[other] ?? NONE) {
      const twin = harvest.outbox[other];
      if (twin === undefined || !isSameEffect(twin, row)) continue;
      findings.violate(`handling it published ${row.type} about ${row.aggregateId} twice: ${twin.id} and ${row.id}`, {
        entity: `message ${row.causeId} in ${row.service}`,
        hop: `${row.service}: inbox -> outbox`,
      });
      break;
    }
    earlier[n] = lastEffect[cause] ?? NONE;
    lastEffect[cause] = n;
  });
}

const isSameEffect = (a: OutboxRow, b: OutboxRow): boolean =>
  a.topic === b.topic && a.type === b.type && a.service === b.service && a.aggregateId === b.aggregateId;

/** A message belongs to one saga, so its id alone tells whether it has moved it before. */
function checkTransitions(harvest: Harvest, findings: Findings): void {
  const causes = transitionCauses(harvest);
  const hasCaused = new Uint8Array(messageTable(harvest).size);
  const unknown = new Set<string>();
  harvest.transitions.forEach(({ sagaId, seq, causeId, reason }, place) => {
    if (causeId === '') return;
    const cause = causes[place] ?? -1;
    if (cause < 0 ? unknown.has(causeId) : hasCaused[cause] === 1) {
      findings.violate(`handled again: it caused one more transition, ${seq} (${reason})`, {
        entity: `message ${causeId} of saga ${sagaId}`,
        hop: 'topic -> orchestrator inbox',
      });
    }
    if (cause < 0) unknown.add(causeId);
    else hasCaused[cause] = 1;
  });
}

function checkDeadLetters(harvest: Harvest, findings: Findings): number {
  let deadLettered = 0;
  for (const { outcome, messageId, service, topic } of harvest.inbox) {
    if (outcome !== DEAD_LETTERED) continue;
    deadLettered += 1;
    const effects = outboxByCause(harvest).get(messageId) ?? [];
    if (effects.some((row) => row.service === service && row.topic.endsWith('.dead-letters'))) continue;
    findings.violate('put aside as unreadable, but there is no dead letter', {
      entity: `message ${messageId} in ${service}`,
      hop: `${topic} -> ${service} dead letters`,
    });
  }
  return deadLettered;
}
