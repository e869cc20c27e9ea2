/** A span of the harness's own: what a client did, as the root of the trace that it began. */
export interface ClientSpan {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly isError: boolean;
}

/** Where clients leave their spans; losing one loses nothing else. */
export interface SpanSink {
  record(span: ClientSpan): void;
}

export const NO_SPANS: SpanSink = { record: () => undefined };
