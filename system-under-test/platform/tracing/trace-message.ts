import { context, SpanKind, trace } from '@opentelemetry/api';
import type { IncomingMessage } from '../store.ts';
import { withLogFields } from './log-fields.ts';
import { contextOf } from './trace-context.ts';

/** Runs `work` in a consumer span that continues the message's trace; logs written inside carry its ids. */
export async function traceMessage<T>(message: IncomingMessage, work: () => Promise<T>): Promise<T> {
  const parent = contextOf(message.traceparent);
  const span = trace.getTracer('platform').startSpan(
    `process ${message.topic}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': message.topic,
        'messaging.message.id': message.id,
      },
    },
    parent,
  );
  const fields = { saga_id: message.sagaId, order_id: message.orderId };
  try {
    return await context.with(withLogFields(trace.setSpan(parent, span), fields), work);
  } finally {
    span.end();
  }
}
