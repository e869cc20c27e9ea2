import { checkOrderOutcome } from '../clauses/outcome-of-order.ts';
import { checkSagaOutcome } from '../clauses/outcome-of-saga.ts';
import { checkStepOrder } from '../clauses/step-order.ts';
import type { Violate } from '../clauses/violate.ts';
import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, SagaRow } from '../model/harvest.ts';
import { ordersById, sagasById, sagasByOrder } from '../model/harvest-index.ts';
import { isEnded, nameOf, subjectsById } from '../model/subject.ts';
import { subjectReads } from '../model/subject-reads.ts';

/**
 * All parts of the system agree with the outcome of a saga. COMPLETED: one captured payment, the acquirer holds the charge, a
 * confirmation and no cancellation; an order is CONFIRMED, all its items in confirmed reservations and nothing more, the
 * charge held of the spending limit, the points redeemed and earned that are due; a payment has topped up the wallet. COMPENSATED: order
 * CANCELLED, nothing reserved or sold, nothing held of the limit, no payment captured, the acquirer holds nothing, the wallet
 * is as before, a cancellation and no confirmation. Steps were asked for in their order and undone in the reverse of it; one saga per
 * order or payment; and a final status that a client has read stays, for every later reader and in the end. Sagas under way are
 * left to `every-saga-ends`; unknown when none has ended.
 */
export const sagaIsConsistent = defineInvariant({
  name: 'saga-is-consistent',
  summary:
    "order, stock, payment, wallet, spending limit and messages agree with the saga's outcome, and steps were undone in reverse order",
  needs: [
    'orders',
    'paymentRequests',
    'sagas',
    'spendingHolds',
    'reservations',
    'payments',
    'walletEntries',
    'notifications',
    'acquirer',
    'outbox',
    'topics',
  ],
  check(history, harvest) {
    const findings = new Findings();
    let completed = 0;
    let compensated = 0;
    for (const saga of sagasById(harvest).values()) {
      if (saga.state === 'COMPLETED') completed += 1;
      if (saga.state === 'COMPENSATED') compensated += 1;
      checkSaga(history, harvest, saga, findings);
    }
    for (const [subjectId, sagas] of sagasByOrder(harvest)) {
      if (sagas.length === 1) continue;
      const ids = sagas.map((saga) => saga.id).join(', ');
      const hop = `${nameOf(harvest, subjectId).split(' ', 1)[0]} -> orchestrator`;
      findings.violate(`${sagas.length} sagas: ${ids}`, { entity: nameOf(harvest, subjectId), hop });
    }
    checkStepOrder(history, harvest, findings);
    checkReads(history, harvest, findings);
    // What the claim was put to: a run in which nothing had to be given back says nothing of refunds.
    const refunded = harvest.payments.filter(({ status }) => status === 'REFUNDED').length;
    const counts = { sagas: harvest.sagas.length, completed, compensated, refunded };
    return findings.verdict(counts, completed + compensated, 'no saga has ended');
  },
});

function checkSaga(history: History, harvest: Harvest, saga: SagaRow, findings: Findings): void {
  const violate: Violate = (message, hop) => {
    findings.violate(`saga ${saga.id} is ${saga.state}, but ${message}`, {
      entity: nameOf(harvest, saga.orderId),
      hop,
      events: acknowledgementOf(history, saga.orderId),
    });
  };
  const subject = subjectsById(harvest).get(saga.orderId);
  if (subject === undefined || subject.kind !== saga.type) {
    violate(`its ${saga.type} does not exist`, `${saga.type} -> orchestrator`);
    return;
  }
  if (subject.sagaId !== saga.id) {
    violate(`its ${saga.type} belongs to saga ${subject.sagaId}`, `${saga.type} -> orchestrator`);
  }
  if (!isEnded(saga)) return;
  const order = ordersById(harvest).get(subject.id);
  if (order !== undefined) checkOrderOutcome(harvest, saga, order, violate);
  checkSagaOutcome(harvest, saga, subject, violate);
}

/** What a client has read once as final may not be otherwise in the end. */
function checkReads(history: History, harvest: Harvest, findings: Findings): void {
  const { orders, payments, changed } = subjectReads(history);
  for (const { subjectId, final, later, events } of changed) {
    findings.violate(`a client read ${final}, and one that asked later ${later}`, {
      entity: nameOf(harvest, subjectId),
      hop: `${ordersById(harvest).has(subjectId) ? 'order' : 'orchestrator'} -> client`,
      events: [...acknowledgementOf(history, subjectId), ...events],
      isFinal: true,
    });
  }
  for (const [reads, statusOf] of [
    [orders, (id: string) => ordersById(harvest).get(id)?.status],
    [payments, (id: string) => sagasByOrder(harvest).get(id)?.[0]?.state],
  ] as const) {
    for (const { subjectId, status, events } of reads) {
      const inTheEnd = statusOf(subjectId);
      if (inTheEnd === undefined || inTheEnd === status) continue;
      findings.violate(`a client read ${status}, in the end it is ${inTheEnd}`, {
        entity: nameOf(harvest, subjectId),
        hop: reads === orders ? 'order -> client' : 'orchestrator -> client',
        events: [...acknowledgementOf(history, subjectId), ...events],
      });
    }
  }
}
