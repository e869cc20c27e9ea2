import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import { sagasById, sagasByOrder } from '../model/harvest-index.ts';
import { firstDivergentHop } from '../model/message-trail.ts';
import { acknowledgedOrders } from '../model/place-orders.ts';
import { acknowledgedPayments } from '../model/start-payments.ts';
import { isEnded, nameOf, subjectsById } from '../model/subject.ts';

/**
 * Every acknowledged order or payment has the saga that the client was told of, every stored one has a saga, and after quiesce
 * every saga is COMPLETED or COMPENSATED. Unknown when nothing was acknowledged.
 */
export const everySagaEnds = defineInvariant({
  name: 'every-saga-ends',
  summary: 'every acknowledged order or payment has a saga, and every saga reaches an end',
  needs: ['orders', 'paymentRequests', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'],
  check(history, harvest) {
    const findings = new Findings();
    const sagas = sagasById(harvest);
    const orders = acknowledgedOrders(history);
    const payments = acknowledgedPayments(history);
    for (const acknowledged of [orders, payments]) {
      for (const [id, request] of acknowledged) {
        if (sagas.has(request.sagaId)) continue;
        findings.violate(`acknowledged with saga ${request.sagaId}, which does not exist`, {
          entity: acknowledged === payments ? `payment ${id}` : `order ${id}`,
          hop: firstDivergentHop(harvest, id),
          events: [request.invocation, request.completion],
        });
      }
    }
    const started = sagasByOrder(harvest);
    for (const id of subjectsById(harvest).keys()) {
      if (started.has(id) || orders.has(id) || payments.has(id)) continue;
      findings.violate('stored, but no saga was ever started for it', {
        entity: nameOf(harvest, id),
        hop: firstDivergentHop(harvest, id),
      });
    }
    let ended = 0;
    for (const saga of sagas.values()) {
      if (isEnded(saga)) {
        ended += 1;
        continue;
      }
      findings.violate(`saga of ${nameOf(harvest, saga.orderId)} is still ${saga.state}`, {
        entity: `saga ${saga.id}`,
        hop: firstDivergentHop(harvest, saga.orderId),
        events: acknowledgementOf(history, saga.orderId),
      });
    }
    const acknowledged = orders.size + payments.size;
    const counts = { acknowledged, sagas: sagas.size, ended };
    return findings.verdict(counts, acknowledged, 'no order and no payment was acknowledged');
  },
});
