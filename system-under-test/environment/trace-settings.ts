import { SETTINGS } from '../contract/settings.ts';

/**
 * How a service sends its spans to the collector on `port`
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). JSON, so that the collector need
 * not decode what it keeps. Sent every second: a process that is killed takes the spans of that second with it. A
 * collector that is away is given up on before the SDK's queue of 2048 spans is full of old ones.
 */
export function traceSettings(port: number, instance: string): Readonly<Record<string, string>> {
  return {
    [SETTINGS.otlpEndpoint]: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    OTEL_BSP_EXPORT_TIMEOUT: '3000',
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instance}`,
  };
}
