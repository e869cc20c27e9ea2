import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest, OrderRow } from '../model/harvest.ts';
import { ordersById, paymentsByOrder } from '../model/harvest-index.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import { nameOf, type Subject, subjectsById } from '../model/subject.ts';
import type { Violate } from './violate.ts';

/**
 * What orders and payments owe is what payment service and acquirer hold for each of them, and in total. Returns the totals (minor
 * units), what is undecided left out.
 */
export function checkCardMoney(
  history: History,
  harvest: Harvest,
  findings: Findings,
): { readonly owed: number; readonly held: number } {
  let owed = 0;
  let held = 0;
  for (const subject of subjectsById(harvest).values()) {
    const { id, outcome, chargedMinor } = subject;
    const violate: Violate = (message, hop) => {
      findings.violate(message, { entity: nameOf(harvest, id), hop, events: acknowledgementOf(history, id) });
    };
    const order = ordersById(harvest).get(id);
    if (order !== undefined) checkTotal(order, violate);
    checkCharges(harvest, subject, violate);
    if (outcome === 'open') continue;
    held += netMinor(ledgerByOrder(harvest).get(id));
    if (outcome === 'paid') owed += chargedMinor;
  }
  for (const [id, tally] of ledgerByOrder(harvest)) {
    if (!subjectsById(harvest).has(id)) held += netMinor(tally);
  }
  if (held !== owed) {
    findings.violate(`confirmed orders and completed payments owe ${owed}, the acquirer holds ${held} (minor units)`, {
      entity: 'all orders and payments',
      hop: 'payment -> acquirer',
    });
  }
  return { owed, held };
}

function checkTotal({ items, totalMinor, redeemPoints }: OrderRow, violate: Violate): void {
  const sum = items.reduce((total, item) => total + item.quantity * item.priceMinor, 0);
  if (sum !== totalMinor) violate(`total ${totalMinor}, but its items sum up to ${sum}`, 'client -> order');
  if (redeemPoints < 0 || redeemPoints > totalMinor) {
    violate(`${redeemPoints} points are to be redeemed for a total of ${totalMinor}`, 'client -> order');
  }
}

function checkCharges(harvest: Harvest, { id: subjectId, kind, chargedMinor }: Subject, violate: Violate): void {
  const due = kind === 'order' ? `${chargedMinor} are to be charged for the order` : `${chargedMinor} were asked for`;
  const tally = ledgerByOrder(harvest).get(subjectId);
  let believed = 0;
  let isOutstanding = false;
  for (const { id, amountMinor, status } of paymentsByOrder(harvest).get(subjectId) ?? []) {
    if (amountMinor !== chargedMinor && status !== 'VOIDED') {
      violate(`payment ${id} is over ${amountMinor}, ${due}`, `${kind} -> payment`);
    }
    // No money moves, so nothing else shows that a customer was sent away whom the acquirer was never asked about.
    if (status === 'DECLINED' && tally?.entries.some((entry) => entry.kind === 'decline') !== true) {
      violate(`payment ${id} is DECLINED, but the acquirer never declined it`, 'payment -> acquirer');
    }
    if (status === 'CAPTURED') believed += amountMinor;
    if (status === 'PENDING' || status === 'REVERSING') isOutstanding = true;
  }
  for (const entry of tally?.entries ?? []) {
    if ((entry.kind === 'capture' || entry.kind === 'refund') && entry.amountMinor !== chargedMinor) {
      violate(`${entry.kind} of ${entry.amountMinor} (ledger line ${entry.seq}), ${due}`, 'payment -> acquirer');
    }
  }
  if (!isOutstanding && believed !== netMinor(tally)) {
    violate(`the payment service holds ${believed}, the acquirer ${netMinor(tally)}`, 'payment -> acquirer');
  }
}
