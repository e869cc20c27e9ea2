import type { ClientSpan, SpanSink } from '../../model/span-sink.ts';
import type { SpanFile } from './span-file.ts';

const BATCH = 256;
/** Values of OTLP's `SpanKind` and `StatusCode`. */
const CLIENT = 3;
const ERROR = 2;

/** The clients' spans, in the form in which the services' spans come. */
export class ClientSpans implements SpanSink, Disposable {
  readonly #file: SpanFile;
  #waiting: ClientSpan[] = [];

  constructor(file: SpanFile) {
    this.#file = file;
  }

  record(span: ClientSpan): void {
    this.#waiting.push(span);
    if (this.#waiting.length >= BATCH) this.#flush();
  }

  [Symbol.dispose](): void {
    this.#flush();
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const resource = { attributes: attributesOf({ 'service.name': 'client' }) };
    const scopeSpans = [{ scope: { name: 'chaos' }, spans: this.#waiting.map(toOtlp) }];
    this.#waiting = [];
    this.#file.append(Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })));
  }
}

function toOtlp({ traceId, spanId, name, startMs, endMs, attributes, isError }: ClientSpan) {
  return {
    ...{ traceId, spanId, name, kind: CLIENT },
    ...{ startTimeUnixNano: nanos(startMs), endTimeUnixNano: nanos(endMs), attributes: attributesOf(attributes) },
    status: isError ? { code: ERROR } : {},
  };
}

/** More digits than a double has. */
const nanos = (epochMs: number): string => `${BigInt(Math.round(epochMs * 1_000)) * 1_000n}`;

const attributesOf = (attributes: ClientSpan['attributes']) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
  }));
