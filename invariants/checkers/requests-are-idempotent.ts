import { checkKeyedRequests } from '../clauses/keyed-requests.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { placeOrders } from '../model/place-orders.ts';
import { startPayments } from '../model/start-payments.ts';

/**
 * One idempotency key of one user is one order (or one payment: the keys of the two are worlds of their own): all its acknowledgements
 * name the same order and saga, none was given to a second body, the service remembers exactly that order,
 * different keys have different orders, a key whose every request was refused has none, and nothing is stored that nobody asked
 * for. Unknown when no request with a key was acknowledged.
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
    const counts = {
      keys: orders.keys + payments.keys,
      repeated: orders.repeated + payments.repeated,
      acknowledged: orders.acknowledged + payments.acknowledged,
      stored: harvest.idempotencyKeys.length + named.length,
    };
    return findings.verdict(counts, counts.acknowledged, 'no request with an idempotency key was acknowledged');
  },
});
