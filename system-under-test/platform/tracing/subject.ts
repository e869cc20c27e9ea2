import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api';

/** Whom and what the work at hand is about; travels from hop to hop, and is on every log line, span and message of it. */
export interface Subject {
  readonly userId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly sagaId?: string | undefined;
  readonly orderId?: string | undefined;
}

const SUBJECT = createContextKey('subject');

/** A context about `subject`; what it leaves open stays as it is in `base`. */
export function withSubject(base: Context, subject: Subject): Context {
  return base.setValue(SUBJECT, { ...subjectOf(base), ...known(subject) });
}

/** What the running code works for. */
export const activeSubject = (): Subject => subjectOf(context.active());

/** The attributes of a span about `subject`. */
export function subjectAttributes({ userId, requestId, sagaId, orderId }: Subject): Attributes {
  return known({ 'user.id': userId, 'request.id': requestId, 'saga.id': sagaId, 'order.id': orderId });
}

export function subjectOf(base: Context): Subject {
  const subject = base.getValue(SUBJECT);
  return isSubject(subject) ? subject : {};
}

function known(fields: Subject | Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const entries = Object.entries<string | undefined>({ ...fields });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Only `withSubject` has the key, so what it stored is what it reads. */
const isSubject = (value: unknown): value is Subject => typeof value === 'object' && value !== null;
