import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { TracerProvider } from '@opentelemetry/sdk-trace';

/**
 * Switches tracing on for this process. Context always travels (W3C `traceparent` in HTTP and Kafka headers); spans
 * leave the process only when an OTLP endpoint is set. The full SDK costs 300 ms of CPU and 40 MB to load, so it is
 * loaded in that case only.
 */
export async function startTracing(options: {
  readonly service: string;
  readonly otlpEndpoint: string | undefined;
}): Promise<AsyncDisposable> {
  if (options.otlpEndpoint !== undefined) {
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const sdk = new NodeSDK({ serviceName: options.service, instrumentations: [] });
    sdk.start();
    return { [Symbol.asyncDispose]: () => sdk.shutdown() };
  }
  const provider = new TracerProvider();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { [Symbol.asyncDispose]: () => provider.shutdown() };
}
