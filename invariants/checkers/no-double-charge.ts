import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { ordersById } from '../model/harvest-index.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import { acknowledgementOf } from '../model/place-orders.ts';

const HOP = 'payment -> acquirer';

/**
 * By the acquirer's own ledger: at no time more than one capture of an order stands, nothing is refunded that was not
 * captured, and in the end a confirmed order has paid its total and a cancelled one nothing. An order that is still
 * pending is judged on the first two only. Unknown when the ledger has no line and no order was confirmed.
 */
export const noDoubleCharge = defineInvariant({
  name: 'no-double-charge',
  summary: 'every confirmed order is charged once and in full, every other one not at all',
  needs: ['orders', 'acquirer'],
  check(history, harvest) {
    const findings = new Findings();
    const orders = ordersById(harvest);
    const ledger = ledgerByOrder(harvest);
    for (const [orderId, tally] of ledger) {
      const place = { entity: `order ${orderId}`, hop: HOP };
      if (!orders.has(orderId)) {
        if (tally.captures > 0) findings.violate('the acquirer charged for an order that does not exist', place);
      } else if (tally.maxStanding > 1) {
        const events = acknowledgementOf(history, orderId);
        const keys = new Set(tally.entries.filter((e) => e.kind === 'capture').map((e) => e.idempotencyKey)).size;
        const message = `charged ${tally.captures} times under ${keys} idempotency key(s), ${tally.maxStanding} captures stood at once`;
        findings.violate(message, { ...place, events });
      }
      if (tally.refunds > tally.captures) {
        findings.violate(`${tally.refunds} refunds for ${tally.captures} capture(s)`, place);
      }
    }
    let relevant = ledger.size;
    let pending = 0;
    for (const order of orders.values()) {
      if (order.status === 'PENDING') {
        pending += 1;
        continue;
      }
      const owed = order.status === 'CONFIRMED' ? order.totalMinor : 0;
      if (order.status === 'CONFIRMED') relevant += 1;
      const net = netMinor(ledger.get(order.id));
      if (net === owed) continue;
      findings.violate(`${order.status} and owes ${owed}, but the acquirer holds ${net} (minor units)`, {
        entity: `order ${order.id}`,
        hop: HOP,
        events: acknowledgementOf(history, order.id),
      });
    }
    const counts = { orders: orders.size, ledgerEntries: harvest.acquirer.length, pending };
    return findings.verdict(counts, relevant, 'nothing was charged and no order was confirmed');
  },
});
