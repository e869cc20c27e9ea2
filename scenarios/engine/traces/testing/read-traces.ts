import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** A span as it was kept. Times are epoch milliseconds. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly instance: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const attributesSchema = z
  .array(
    z.object({
      key: z.string(),
      // OTLP writes 64-bit numbers as text.
      value: z.object({
        stringValue: z.string().optional(),
        intValue: z.coerce.number().optional(),
        doubleValue: z.number().optional(),
        boolValue: z.boolean().optional(),
      }),
    }),
  )
  .default([])
  .transform((attributes) =>
    Object.fromEntries(
      attributes.map(({ key, value }) => [
        key,
        value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? '',
      ]),
    ),
  );

const ERROR = 2;
/** By way of whole microseconds: the digits of nanoseconds are more than a double has. */
const msSchema = z.coerce.bigint().transform((nanos) => Number(nanos / 1_000n) / 1_000);
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  startTimeUnixNano: msSchema,
  endTimeUnixNano: msSchema,
  attributes: attributesSchema,
  status: z.object({ code: z.number().optional() }).default({}),
});
const lineSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }).default({ attributes: {} }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

/** Every span of a file that `SpanFile` wrote, in the order of its lines. */
export async function* readTraces(path: string): AsyncGenerator<TraceSpan> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    yield* spansOf(line);
  }
}

function spansOf(line: string): readonly TraceSpan[] {
  return lineSchema.parse(JSON.parse(line)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(resource.attributes['service.name'] ?? '');
    const instance = String(resource.attributes['service.instance.id'] ?? service);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, status, ...span }) => ({
        ...{ ...span, service, instance, isError: status.code === ERROR },
        ...{ startMs: startTimeUnixNano, endMs: endTimeUnixNano },
      })),
    );
  });
}
