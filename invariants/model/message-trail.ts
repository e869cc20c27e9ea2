import type { Harvest, OutboxRow } from './harvest.ts';
import { inboxByMessage, outboxByCause, outboxByOrder, sagasByOrder } from './harvest-index.ts';
import { messageTable } from './message-table.ts';

/**
 * The first place on an order's way through the system where its messages stop: follows every message about the order
 * from outbox to topic to inbox to the answer. For explaining a violation, not for finding one.
 */
export function firstDivergentHop(harvest: Harvest, orderId: string): string {
  const messages = outboxByOrder(harvest).get(orderId) ?? [];
  if (messages.length === 0) return 'order -> outbox';
  for (const message of messages) {
    const hop = lostOnTheWay(harvest, message);
    if (hop !== undefined) return hop;
  }
  if (!sagasByOrder(harvest).has(orderId)) return 'inbox -> saga';
  for (const message of messages) {
    if (!message.topic.endsWith('.commands') || outboxByCause(harvest).has(message.id)) continue;
    const consumer = harvest.subscriptions.find((subscription) => subscription.topic === message.topic)?.service;
    return `${consumer ?? message.topic}: inbox -> outbox`;
  }
  return 'orchestrator: timer -> outbox';
}

function lostOnTheWay(harvest: Harvest, message: OutboxRow): string | undefined {
  if (messageTable(harvest).recordById(message.id) === undefined) return `${message.service}: outbox -> topic`;
  const consumed = inboxByMessage(harvest).get(message.id) ?? [];
  for (const { service, topic } of harvest.subscriptions) {
    if (topic === message.topic && !consumed.some((row) => row.service === service))
      return `${service}: topic -> inbox`;
  }
  return undefined;
}
