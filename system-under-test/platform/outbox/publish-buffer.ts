import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import type { OutgoingMessage } from '../store.ts';
import { activeSubject, subjectAttributes } from '../tracing/subject.ts';
import { currentTraceparent } from '../tracing/trace-context.ts';
import type { EventOrigin } from './draft-event.ts';

/** A message with what its publishing added. */
export interface PublishedMessage {
  readonly message: OutgoingMessage;
  readonly origin: EventOrigin;
}

/**
 * Messages of one transaction until just before its commit. Writing them last and in a fixed order of aggregates keeps
 * the locks on the version counters short and free of deadlocks, whatever order the work published in. Messages of one
 * aggregate keep theirs.
 */
export class PublishBuffer {
  readonly #messages: PublishedMessage[] = [];
  readonly #causeId: string | undefined;

  constructor(causeId: string | undefined) {
    this.#causeId = causeId;
  }

  /** The id that the message has from now on. */
  add(message: OutgoingMessage): string {
    const { userId, requestId } = activeSubject();
    const origin = { id: randomUUID(), causeId: this.#causeId, traceparent: currentTraceparent(), userId, requestId };
    // Who places an order, for example, knows its saga only now.
    trace.getActiveSpan()?.setAttributes(subjectAttributes({ sagaId: message.sagaId, orderId: message.orderId }));
    this.#messages.push({ message, origin });
    return origin.id;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** In the order in which every transaction takes the counters. */
  inLockOrder(): readonly PublishedMessage[] {
    return this.#messages.toSorted(
      (a, b) => compare(a.message.topic, b.message.topic) || compare(a.message.aggregateId, b.message.aggregateId),
    );
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
