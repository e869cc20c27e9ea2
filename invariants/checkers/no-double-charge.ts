import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import { nameOf, subjectsById } from '../model/subject.ts';

const HOP = 'payment -> acquirer';

/**
 * By the acquirer's own ledger: at no time more than one capture of an order or a payment stands, nothing is refunded that was
 * not captured, and in the end a confirmed order has paid its total without the points, a completed payment its amount,
 * everything else nothing. What is still undecided is judged on the first two only. Unknown when the ledger has no line and nothing was
 * to be paid.
 */
export const noDoubleCharge = defineInvariant({
  name: 'no-double-charge',
  summary: 'every confirmed order and completed payment is charged once and in full, every other one not at all',
  needs: ['orders', 'paymentRequests', 'sagas', 'acquirer'],
  check(history, harvest) {
    const findings = new Findings();
    const subjects = subjectsById(harvest);
    const ledger = ledgerByOrder(harvest);
    for (const [id, tally] of ledger) {
      const place = { entity: nameOf(harvest, id), hop: HOP };
      if (!subjects.has(id)) {
        if (tally.captures > 0) findings.violate('the acquirer charged for it, but it does not exist', place);
      } else if (tally.maxStanding > 1) {
        const keys = new Set(tally.entries.filter((e) => e.kind === 'capture').map((e) => e.idempotencyKey)).size;
        const message = `charged ${tally.captures} times under ${keys} idempotency key(s), ${tally.maxStanding} captures stood at once`;
        findings.violate(message, { ...place, events: acknowledgementOf(history, id), isFinal: true });
      }
      if (tally.refunds > tally.captures) {
        findings.violate(`${tally.refunds} refunds for ${tally.captures} capture(s)`, place);
      }
    }
    let relevant = ledger.size;
    let pending = 0;
    for (const { id, outcome, chargedMinor } of subjects.values()) {
      if (outcome === 'open') {
        pending += 1;
        continue;
      }
      const owed = outcome === 'paid' ? chargedMinor : 0;
      if (outcome === 'paid') relevant += 1;
      const net = netMinor(ledger.get(id));
      if (net === owed) continue;
      findings.violate(`it is ${outcome} and owes ${owed}, but the acquirer holds ${net} (minor units)`, {
        entity: nameOf(harvest, id),
        hop: HOP,
        events: acknowledgementOf(history, id),
      });
    }
    const { orders, paymentRequests, acquirer } = harvest;
    const counts = { orders: orders.length, payments: paymentRequests.length, ledgerEntries: acquirer.length, pending };
    return findings.verdict(counts, relevant, 'nothing was charged, and nothing was to be paid');
  },
});
