import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { headersOf } from '../outbox/draft-event.ts';
import { PublishBuffer } from '../outbox/publish-buffer.ts';
import { originOf } from '../saga/command-origin.ts';
import type { IncomingMessage } from '../store.ts';
import { activeLogFields } from './log-fields.ts';
import { traceCommand } from './trace-command.ts';
import { traceMessage } from './trace-message.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const spans = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
});
afterEach(() => spans.reset());

const message: IncomingMessage = {
  ...{ id: 'm', topic: 'payment.commands', type: 'payment.charge', aggregateId: 's', version: 1 },
  ...{ sagaId: 's', orderId: 'o', payload: {}, traceparent: `00-${TRACE}-${PARENT}-01` },
  record: { partition: 2, offset: '17', headers: { [HEADERS.userId]: 'u', [HEADERS.requestId]: 'r' } },
};
const command = {
  ...{ saga_id: 's', order_id: 'o', step: 'charge', participant: 'payment' as const, action: 'charge' },
  ...{ attempt: 1, idempotency_key: 'k', data: {} },
};

/** Headers of a message that is published here and now. */
function headersOfReply(): Record<string, string> {
  const buffer = new PublishBuffer('m');
  buffer.add({ topic: 'payment.replies', aggregateId: 's', type: 't', payload: {}, sagaId: 's', orderId: 'o' });
  const [published] = buffer.inLockOrder();
  if (published === undefined) throw new Error('nothing was published');
  return headersOf(published.message, published.origin);
}

it('hands on trace, user and request of a message to what its handler publishes and logs', async () => {
  const { headers, log } = await traceMessage(message, async () => {
    await Promise.resolve();
    return { headers: headersOfReply(), log: activeLogFields() };
  });
  const [span] = spans.getFinishedSpans();
  expect(span).toMatchObject({
    ...{ name: 'process payment.commands', kind: SpanKind.CONSUMER, parentSpanContext: { spanId: PARENT } },
    attributes: { 'user.id': 'u', 'request.id': 'r', 'saga.id': 's', 'order.id': 'o', 'messaging.kafka.offset': 17 },
  });
  expect(headers).toMatchObject({
    [HEADERS.traceparent]: `00-${TRACE}-${span?.spanContext().spanId}-01`,
    ...{ [HEADERS.userId]: 'u', [HEADERS.requestId]: 'r', [HEADERS.causeId]: 'm' },
  });
  expect(log).toMatchObject({ trace_id: TRACE, user_id: 'u', request_id: 'r', saga_id: 's', order_id: 'o' });
});

it('goes on with them in a worker, from what was kept of the command', async () => {
  const kept = JSON.parse(JSON.stringify(originOf(command, message)));
  const headers = await traceCommand('settle payment', kept, async () => headersOfReply());
  expect(headers).toMatchObject({ [HEADERS.userId]: 'u', [HEADERS.requestId]: 'r' });
  expect(headers[HEADERS.traceparent]).toContain(TRACE);
  expect(spans.getFinishedSpans()[0]?.attributes).toMatchObject({ 'saga.id': 's', 'order.id': 'o', 'user.id': 'u' });
});

it('ends the span of work that fails as an error, and lets the error through', async () => {
  await expect(traceMessage(message, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(spans.getFinishedSpans()[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no' });
});

it('keeps messages that are handled at the same time apart', async () => {
  const other = { ...message, traceparent: `00-${'a'.repeat(32)}-${PARENT}-01`, sagaId: 's2' };
  const seen = await Promise.all(
    [message, other].map((each) =>
      traceMessage(each, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return activeLogFields();
      }),
    ),
  );
  expect(seen.map(({ trace_id, saga_id }) => [trace_id, saga_id])).toEqual([
    [TRACE, 's'],
    ['a'.repeat(32), 's2'],
  ]);
});
