import { type Attributes, type Context, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type Subject, subjectAttributes, subjectOf, withSubject } from './subject.ts';

export interface SpanOptions {
  /** One name for all work of a kind; ids are attributes. */
  readonly name: string;
  readonly kind?: SpanKind;
  /** What it goes on from; by default the active context. */
  readonly parent?: Context;
  readonly subject?: Subject;
  readonly attributes?: Attributes;
}

/** Runs `work` in a span, about `subject`; the span ends with it, as an error when it rejects. */
export async function inSpan<T>(options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = withSubject(options.parent ?? context.active(), options.subject ?? {});
  const attributes = { ...subjectAttributes(subjectOf(parent)), ...options.attributes };
  const kind = options.kind ?? SpanKind.INTERNAL;
  const span = trace.getTracer('platform').startSpan(options.name, { kind, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}
