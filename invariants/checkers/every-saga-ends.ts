import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { ordersById, sagasById, sagasByOrder } from '../model/harvest-index.ts';
import { firstDivergentHop } from '../model/message-trail.ts';
import { acknowledgementOf, acknowledgements } from '../model/place-orders.ts';

/**
 * Every acknowledged order has the saga that the client was told of, every stored order has a saga, and after quiesce every
 * saga is COMPLETED or COMPENSATED. Unknown when no order was acknowledged.
 */
export const everySagaEnds = defineInvariant({
  name: 'every-saga-ends',
  summary: 'every acknowledged order has a saga, and every saga reaches an end',
  needs: ['orders', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'],
  check(history, harvest) {
    const findings = new Findings();
    const sagas = sagasById(harvest);
    const acknowledged = acknowledgements(history);
    for (const [orderId, request] of acknowledged) {
      if (sagas.has(request.sagaId)) continue;
      findings.violate(`acknowledged with saga ${request.sagaId}, which does not exist`, {
        entity: `order ${orderId}`,
        hop: firstDivergentHop(harvest, orderId),
        events: [request.invocation, request.completion],
      });
    }
    const started = sagasByOrder(harvest);
    for (const orderId of ordersById(harvest).keys()) {
      if (started.has(orderId) || acknowledged.has(orderId)) continue;
      findings.violate('stored, but no saga was ever started for it', {
        entity: `order ${orderId}`,
        hop: firstDivergentHop(harvest, orderId),
      });
    }
    let ended = 0;
    for (const saga of sagas.values()) {
      if (saga.state === 'COMPLETED' || saga.state === 'COMPENSATED') {
        ended += 1;
        continue;
      }
      findings.violate(`saga of order ${saga.orderId} is still ${saga.state}`, {
        entity: `saga ${saga.id}`,
        hop: firstDivergentHop(harvest, saga.orderId),
        events: acknowledgementOf(history, saga.orderId),
      });
    }
    const counts = { acknowledged: acknowledged.size, sagas: sagas.size, ended };
    return findings.verdict(counts, acknowledged.size, 'no order was acknowledged');
  },
});
