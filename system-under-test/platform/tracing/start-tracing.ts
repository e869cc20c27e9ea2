import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { TracerProvider } from '@opentelemetry/sdk-trace';

/**
 * Switches tracing on for this process. Context always travels (W3C `traceparent` in HTTP and Kafka headers); spans
 * leave the process only when an OTLP endpoint is set, in batches and by the SDK's own variables
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). A collector that is away costs
 * spans, and nothing else: the queue of the SDK has a bound. The full SDK takes time and memory to load, so it is
 * loaded in that case only.
 */
export async function startTracing(options: {
  readonly service: string;
  readonly otlpEndpoint: string | undefined;
}): Promise<AsyncDisposable> {
  const textMapPropagator = new W3CTraceContextPropagator();
  if (options.otlpEndpoint !== undefined) {
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    // Spans only: empty lists, or the SDK would send logs and metrics as well.
    const nothingElse = { instrumentations: [], metricReaders: [], logRecordProcessors: [] };
    const sdk = new NodeSDK({ serviceName: options.service, textMapPropagator, ...nothingElse });
    sdk.start();
    return { [Symbol.asyncDispose]: () => sdk.shutdown() };
  }
  const provider = new TracerProvider();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(textMapPropagator);
  trace.setGlobalTracerProvider(provider);
  return { [Symbol.asyncDispose]: () => provider.shutdown() };
}
