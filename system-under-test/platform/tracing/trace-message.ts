import { SpanKind } from '@opentelemetry/api';
import { HEADERS } from '#sut/contract/messages.ts';
import type { IncomingMessage } from '../store.ts';
import { inSpan } from './in-span.ts';
import { contextOf } from './trace-context.ts';

/** Runs `work` in a consumer span that continues the message's trace; logs and messages written inside carry its ids. */
export async function traceMessage<T>(message: IncomingMessage, work: () => Promise<T>): Promise<T> {
  const { id, topic, type, sagaId, orderId, traceparent, record } = message;
  return inSpan(
    {
      name: `process ${topic}`,
      kind: SpanKind.CONSUMER,
      parent: contextOf(traceparent),
      subject: {
        userId: record.headers[HEADERS.userId],
        requestId: record.headers[HEADERS.requestId],
        sagaId,
        orderId,
      },
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': String(record.partition),
        'messaging.kafka.offset': Number(record.offset),
        'messaging.message.id': id,
        'messaging.message.type': type,
      },
    },
    work,
  );
}
