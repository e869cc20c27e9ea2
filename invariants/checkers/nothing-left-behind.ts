import type { ObservationEvent } from '../history/event.ts';
import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { ordersById, sagasById, sagasByOrder } from '../model/harvest-index.ts';
import { isEnded, nameOf } from '../model/subject.ts';

const RESIDUE = ['processes', 'toxics', 'proxies', 'locks'] as const;

/**
 * Neither the harness nor the shop leaves anything behind. Harness: the last observation `teardown` lists no process, toxic, proxy or
 * lock. Shop: no reservation is RESERVED for an order that is confirmed or cancelled or whose sagas have ended, nothing of a spending
 * limit is HELD for an order that is cancelled or whose saga was compensated, no payment waits for the acquirer and no
 * notification for the provider. Unknown when the history has no `teardown`.
 */
export const nothingLeftBehind = defineInvariant({
  name: 'nothing-left-behind',
  summary: 'no process, toxic, proxy or lock remains, and no reservation, hold, payment or message outlives its saga',
  needs: ['orders', 'sagas', 'reservations', 'spendingHolds', 'payments', 'notifications'],
  check(history, harvest) {
    const findings = new Findings();
    const teardown = lastTeardown(history);
    if (teardown !== undefined) checkTeardown(teardown, findings);
    checkReservations(harvest, findings);
    checkHolds(harvest, findings);
    for (const { id, orderId, status } of harvest.payments) {
      if (status !== 'PENDING' && status !== 'REVERSING') continue;
      findings.violate(`is still ${status}`, {
        entity: `payment ${id} of ${nameOf(harvest, orderId)}`,
        hop: 'payment -> acquirer',
      });
    }
    for (const { id, orderId, status } of harvest.notifications) {
      if (status !== 'PENDING') continue;
      findings.violate('is still PENDING', {
        entity: `notification ${id} of ${nameOf(harvest, orderId)}`,
        hop: 'notification -> message provider',
      });
    }
    const counts = {
      teardowns: teardown === undefined ? 0 : 1,
      reservations: harvest.reservations.length,
      holds: harvest.spendingHolds.length,
      payments: harvest.payments.length,
      notifications: harvest.notifications.length,
    };
    return findings.verdict(counts, counts.teardowns, 'the history has no teardown observation');
  },
});

function lastTeardown(history: History): ObservationEvent | undefined {
  let last: ObservationEvent | undefined;
  for (const event of history) if (event.type === 'observation' && event.kind === 'teardown') last = event;
  return last;
}

function checkTeardown(teardown: ObservationEvent, findings: Findings): void {
  for (const kind of RESIDUE) {
    const left = teardown.values[kind];
    const events = [teardown.index];
    if (!Array.isArray(left)) {
      findings.doubt(`the teardown observation at event ${teardown.index} does not say which ${kind} are left`);
    } else if (left.length > 0) {
      findings.violate(`left after teardown: ${left.join(', ')}`, { entity: kind, hop: 'harness -> machine', events });
    }
  }
}

function checkReservations(harvest: Harvest, findings: Findings): void {
  for (const { id, orderId, productId, status } of harvest.reservations) {
    if (status !== 'RESERVED') continue;
    const order = ordersById(harvest).get(orderId);
    const sagas = sagasByOrder(harvest).get(orderId) ?? [];
    const hasEnded = sagas.length > 0 && sagas.every(isEnded);
    if (!hasEnded && (order === undefined || order.status === 'PENDING')) continue;
    const of = order === undefined ? 'whose saga has ended' : `that is ${order.status}`;
    findings.violate(`still RESERVED for order ${orderId} ${of}`, {
      entity: `reservation ${id} of product ${productId}`,
      hop: 'orchestrator -> inventory',
    });
  }
}

/** What a completed order holds stays held: it is spent. */
function checkHolds(harvest: Harvest, findings: Findings): void {
  for (const { sagaId, orderId, userId, amountMinor, status } of harvest.spendingHolds) {
    if (status !== 'HELD') continue;
    const isCompensated = sagasById(harvest).get(sagaId)?.state === 'COMPENSATED';
    if (!isCompensated && ordersById(harvest).get(orderId)?.status !== 'CANCELLED') continue;
    findings.violate(`${amountMinor} are still HELD for ${nameOf(harvest, orderId)}, which was called off`, {
      entity: `spending limit of user ${userId}`,
      hop: 'orchestrator -> user',
    });
  }
}
