import { checkKeyedRequests } from '../clauses/keyed-requests.ts';
import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { NO_ANSWER } from '../model/is-answered.ts';
import { placeOrders } from '../model/place-orders.ts';
import { startPayments } from '../model/start-payments.ts';

const ASKING = new Set<unknown>(['place-order', 'start-payment']);

/** The client notes a definite answer that is not the one which the plan says its request deserves. */
function checkExpectations(history: History, findings: Findings): void {
  for (const event of history) {
    if (event.type !== 'observation' || event.kind !== 'unexpected-answer') continue;
    const { invocation, op, expected, actual } = event.values;
    if (!ASKING.has(op) || typeof invocation !== 'number' || NO_ANSWER.has(Number(actual))) continue;
    findings.violate(`answered with ${actual} where ${expected} is due`, {
      entity: `${op} at event ${invocation}`,
      hop: 'client -> gateway',
      events: [invocation],
      isFinal: true,
    });
  }
}

/**
 * One idempotency key of one user is one order (or one payment: the keys of the two are worlds of their own): all its acknowledgements
 * name the same order and saga, none was given to a second body, the service remembers exactly that order,
 * different keys have different orders, a key whose every request was refused has none, nothing is stored that nobody asked
 * for, and what deserves a refusal gets it and nothing else does. Unknown when no request with a key was acknowledged.
 */
export const requestsAreIdempotent = defineInvariant({
  name: 'requests-are-idempotent',
  summary: 'one idempotency key: one order or payment, one saga, one answer',
  needs: ['orders', 'idempotencyKeys', 'paymentRequests'],
  check(history, harvest) {
    const findings = new Findings();
    const orders = checkKeyedRequests(
      {
        kind: 'order',
        keeper: 'order',
        requests: placeOrders(history),
        made: harvest.orders,
        memory: harvest.idempotencyKeys.map(({ userId, key, orderId }) => ({ userId, key, subjectId: orderId })),
      },
      findings,
    );
    const named = harvest.paymentRequests.filter(({ key }) => key !== '');
    const payments = checkKeyedRequests(
      {
        kind: 'payment',
        keeper: 'orchestrator',
        requests: startPayments(history),
        made: harvest.paymentRequests,
        memory: named.map(({ userId, key, id }) => ({ userId, key, subjectId: id })),
      },
      findings,
    );
    checkExpectations(history, findings);
    const counts = {
      keys: orders.keys + payments.keys,
      repeated: orders.repeated + payments.repeated,
      acknowledged: orders.acknowledged + payments.acknowledged,
      stored: harvest.idempotencyKeys.length + named.length,
    };
    return findings.verdict(counts, counts.acknowledged, 'no request with an idempotency key was acknowledged');
  },
});
