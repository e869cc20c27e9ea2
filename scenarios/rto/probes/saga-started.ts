import { isThere } from './http-answer.ts';
import { orderEffectProbe } from './order-effect.ts';
import { OVER_LIMIT } from './order-request.ts';

/** Order -> outbox -> topic -> orchestrator's store: needs kafka and orchestrator, besides what taking the order needs. */
export const sagaStarted = orderEffectProbe({
  name: 'saga-started',
  summary: 'POST /orders, then GET /saga/status/:id through the gateway until the saga is there',
  timeoutMs: 2_000,
  // What comes after the start is not measured, and would only keep the machine busy.
  line: OVER_LIMIT,
  at: 'gateway',
  idOf: ({ sagaId }) => sagaId,
  isVisible: (gateway, id, signal) => isThere(gateway, `/saga/status/${id}`, signal),
});
