import { HEADERS } from '#sut/contract/messages.ts';
import type { OutgoingMessage } from '../store.ts';

/** What a publish adds to a message; the version follows when the row is written. */
export interface EventOrigin {
  readonly id: string;
  /** Message being handled, if any. */
  readonly causeId: string | undefined;
  /** Trace context of the active span, if any. */
  readonly traceparent: string | undefined;
  /** User and request that the work is done for, if any. */
  readonly userId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Headers of the record of a message, all but `version`. What the message names itself wins over its origin. */
export function headersOf(message: OutgoingMessage, origin: EventOrigin): Record<string, string> {
  const entries: readonly (readonly [string, string | undefined])[] = [
    [HEADERS.messageId, origin.id],
    [HEADERS.type, message.type],
    [HEADERS.aggregateId, message.aggregateId],
    [HEADERS.sagaId, message.sagaId],
    [HEADERS.orderId, message.orderId],
    [HEADERS.userId, message.userId ?? origin.userId],
    [HEADERS.requestId, message.requestId ?? origin.requestId],
    [HEADERS.causeId, message.causeId ?? origin.causeId],
    [HEADERS.traceparent, message.traceparent ?? origin.traceparent],
  ];
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
