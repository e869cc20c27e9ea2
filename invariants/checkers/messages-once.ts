import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { DeliveryEntry, Harvest, NotificationRow } from '../model/harvest.ts';
import { nameOf } from '../model/subject.ts';

const HOP = 'notification -> message provider';

/**
 * By the provider's own ledger a customer got each notification once: every notification that is no longer PENDING has exactly one
 * delivery of its order (or payment) and kind (the provider refuses nobody, so a FAILED one means that a customer was never told),
 * nothing else was delivered, and no order (or payment) has two deliveries of one kind. Unknown when no notification was sent and
 * nothing was delivered.
 */
export const messagesOnce = defineInvariant({
  name: 'messages-once',
  summary: 'the message provider delivered each notification once',
  needs: ['notifications', 'deliveries'],
  check(history, harvest) {
    const findings = new Findings();
    const delivered = checkDeliveries(history, harvest, findings);
    let sent = 0;
    for (const notification of harvest.notifications) {
      if (notification.status === 'PENDING') continue;
      if (notification.status === 'SENT') sent += 1;
      if (delivered.has(notification.id)) continue;
      findings.violate(`the ${notification.kind} is ${notification.status}, but the provider never delivered it`, {
        entity: `notification ${notification.id} of ${nameOf(harvest, notification.orderId)}`,
        hop: HOP,
        events: acknowledgementOf(history, notification.orderId),
      });
    }
    const counts = { sent, deliveries: harvest.deliveries.length };
    return findings.verdict(counts, sent + harvest.deliveries.length, 'no notification was sent');
  },
});

/** Returns the ids of the notifications that were delivered. */
function checkDeliveries(history: History, harvest: Harvest, findings: Findings): ReadonlySet<string> {
  const notifications = new Map<string, NotificationRow>(harvest.notifications.map((row) => [row.id, row]));
  const delivered = new Set<string>();
  const perOrder = { confirmation: new Set<string>(), cancellation: new Set<string>() };
  for (const delivery of harvest.deliveries) {
    const violate = (message: string, isFinal?: true): void =>
      findings.violate(message, {
        ...(isFinal && { isFinal }),
        entity: `notification ${delivery.notificationId} of ${nameOf(harvest, delivery.orderId)}`,
        hop: HOP,
        events: acknowledgementOf(history, delivery.orderId),
      });
    const ofKind = perOrder[delivery.kind];
    if (delivered.has(delivery.notificationId)) violate(`delivered again (ledger line ${delivery.seq})`, true);
    else if (ofKind.has(delivery.orderId))
      violate(`a second ${delivery.kind} to the same customer (ledger line ${delivery.seq})`, true);
    delivered.add(delivery.notificationId);
    ofKind.add(delivery.orderId);
    const difference = firstDifference(harvest, notifications.get(delivery.notificationId), delivery);
    if (difference !== undefined) violate(difference);
  }
  return delivered;
}

function firstDifference(
  harvest: Harvest,
  notification: NotificationRow | undefined,
  delivery: DeliveryEntry,
): string | undefined {
  if (notification === undefined) return 'delivered, but the notification service does not know it';
  if (notification.orderId !== delivery.orderId) return `belongs to ${nameOf(harvest, notification.orderId)}`;
  if (notification.kind !== delivery.kind) return `is a ${notification.kind}, delivered as ${delivery.kind}`;
  return notification.status === 'FAILED' ? 'delivered, but recorded as FAILED' : undefined;
}
