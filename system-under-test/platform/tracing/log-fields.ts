import { trace } from '@opentelemetry/api';
import { activeSubject } from './subject.ts';

/** Trace and span id, and what the work is about, for pino's `mixin`. */
export function activeLogFields(): Record<string, string | undefined> {
  const span = trace.getActiveSpan()?.spanContext();
  const { userId, requestId, sagaId, orderId } = activeSubject();
  return {
    ...(span ? { trace_id: span.traceId, span_id: span.spanId } : {}),
    user_id: userId,
    request_id: requestId,
    saga_id: sagaId,
    order_id: orderId,
  };
}
