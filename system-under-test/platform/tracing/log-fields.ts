import { type Context, context, createContextKey, trace } from '@opentelemetry/api';

const FIELDS = createContextKey('log fields');
export type LogFields = Readonly<Record<string, string | undefined>>;

/** A context in which every log line carries `fields` too. */
export function withLogFields(base: Context, fields: LogFields): Context {
  return base.setValue(FIELDS, { ...fieldsOf(base), ...fields });
}

/** Trace and span id and the fields of the active context, for pino's `mixin`. */
export function activeLogFields(): Record<string, string | undefined> {
  const active = context.active();
  const span = trace.getSpanContext(active);
  return { ...(span ? { trace_id: span.traceId, span_id: span.spanId } : {}), ...fieldsOf(active) };
}

function fieldsOf(base: Context): LogFields {
  const fields = base.getValue(FIELDS);
  return isLogFields(fields) ? fields : {};
}

/** Only `withLogFields` has the key, so what it stored is what it reads. */
function isLogFields(value: unknown): value is LogFields {
  return typeof value === 'object' && value !== null;
}
