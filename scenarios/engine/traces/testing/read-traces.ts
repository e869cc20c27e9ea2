import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ExplainedError } from '../../model/explained-error.ts';

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

class TracesUnreadable extends ExplainedError {
  constructor(path: string, line: number, reason: string) {
    super({
      what: `the traces cannot be read: ${reason}`,
      where: `${path}:${line}`,
      todo: 'cut the file off before this line; a run that was killed may have left half of one',
    });
  }
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
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    yield* spansOf(path, line, text);
  }
}

function spansOf(path: string, line: number, text: string): readonly TraceSpan[] {
  let parsed: z.infer<typeof lineSchema>;
  try {
    parsed = lineSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TracesUnreadable(path, line, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  }
  return parsed.resourceSpans.flatMap(({ resource, scopeSpans }) => {
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
