import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OrderRow } from '../model/harvest.ts';
import { ordersById, paymentsByOrder } from '../model/harvest-index.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import { acknowledgementOf } from '../model/place-orders.ts';

/**
 * Every amount on the way of the money agrees, to the minor unit: an order's total is the sum of its items; its payments are for
 * that total; every capture and refund in the acquirer's ledger is for that total; what the payment service believes it holds is what
 * the ledger says; and over all, captured minus refunded is what confirmed orders owe (pending ones left out). Unknown
 * when no money moved.
 */
export const moneyIsConserved = defineInvariant({
  name: 'money-is-conserved',
  summary: 'captured minus refunded is exactly what confirmed orders owe, order by order and in total',
  needs: ['orders', 'payments', 'acquirer'],
  check(history, harvest) {
    const findings = new Findings();
    let owed = 0;
    let held = 0;
    for (const order of ordersById(harvest).values()) {
      checkOrder(history, harvest, order, findings);
      if (order.status === 'PENDING') continue;
      held += netMinor(ledgerByOrder(harvest).get(order.id));
      if (order.status === 'CONFIRMED') owed += order.totalMinor;
    }
    for (const [orderId, tally] of ledgerByOrder(harvest)) {
      if (!ordersById(harvest).has(orderId)) held += netMinor(tally);
    }
    if (held !== owed) {
      findings.violate(`confirmed orders owe ${owed}, but the acquirer holds ${held} (minor units)`, {
        entity: 'all orders',
        hop: 'payment -> acquirer',
      });
    }
    const moved = harvest.acquirer.filter((entry) => entry.kind === 'capture').length;
    const counts = { orders: harvest.orders.length, captures: moved, owedMinor: owed, heldMinor: held };
    return findings.verdict(counts, moved, 'no money moved: the acquirer captured nothing');
  },
});

function checkOrder(history: History, harvest: Harvest, order: OrderRow, findings: Findings): void {
  const violate = (message: string, hop: string): void =>
    findings.violate(message, { entity: `order ${order.id}`, hop, events: acknowledgementOf(history, order.id) });

  const sum = order.items.reduce((total, item) => total + item.quantity * item.priceMinor, 0);
  if (sum !== order.totalMinor) violate(`total ${order.totalMinor}, but its items sum up to ${sum}`, 'client -> order');

  let believed = 0;
  let isOutstanding = false;
  for (const { id, amountMinor, status } of paymentsByOrder(harvest).get(order.id) ?? []) {
    if (amountMinor !== order.totalMinor && status !== 'VOIDED') {
      violate(`payment ${id} is for ${amountMinor}, the order's total is ${order.totalMinor}`, 'order -> payment');
    }
    if (status === 'CAPTURED') believed += amountMinor;
    if (status === 'PENDING' || status === 'REVERSING') isOutstanding = true;
  }
  const tally = ledgerByOrder(harvest).get(order.id);
  for (const entry of tally?.entries ?? []) {
    if ((entry.kind === 'capture' || entry.kind === 'refund') && entry.amountMinor !== order.totalMinor) {
      const what = `${entry.kind} of ${entry.amountMinor} (ledger line ${entry.seq})`;
      violate(`${what}, the order's total is ${order.totalMinor}`, 'payment -> acquirer');
    }
  }
  if (!isOutstanding && believed !== netMinor(tally)) {
    violate(`the payment service holds ${believed}, the acquirer ${netMinor(tally)}`, 'payment -> acquirer');
  }
}
