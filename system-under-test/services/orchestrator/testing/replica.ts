import { randomUUID } from 'node:crypto';
import type { Command } from '#sut/contract/messages.ts';
import type { IncomingMessage } from '#sut/platform/store.ts';
import { type Orchestration, SagaChangedError, SagaLeasedError } from '../advance-saga.ts';
import { SAGA_DEFINITIONS } from '../definitions/saga-definitions.ts';
import { AnswerTimes } from '../domain/answer-times.ts';
import { sagaSubscriptions } from '../messages.ts';
import { SagaStore } from '../store/saga-store.ts';

export const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const silent = { info: () => {}, warn: () => {} };

export interface ReplicaSettings {
  readonly stepTimeoutMs?: number;
  readonly leaseMs?: number;
  /** Default: no relay runs beside the replica, so no row is ever marked, and none is waited for. */
  readonly isOutboxMarked?: boolean;
}

/** One replica without its transport: messages are handed to the same handlers that the consumer calls. */
export class Replica implements AsyncDisposable {
  readonly store: SagaStore;
  readonly orchestration: Orchestration;

  constructor(url: string, instance: string, settings: ReplicaSettings = {}) {
    this.store = new SagaStore({
      url,
      instance,
      ...(settings.leaseMs ? { leaseMs: settings.leaseMs } : {}),
    });
    this.orchestration = {
      definitions: new Map(SAGA_DEFINITIONS.map((definition) => [definition.id, definition])),
      policy: {
        stepTimeoutMs: settings.stepTimeoutMs ?? 60_000,
        maxAttempts: 3,
        maxRetryDelayMs: 60_000,
        maxAnswerMs: 60_000,
      },
      answerTimes: new AnswerTimes(),
      leases: this.store.sagaLeases,
      isOutboxMarked: settings.isOutboxMarked ?? false,
      instance,
      log: silent,
    };
  }

  /** Hands over a message once, as one delivery. */
  async deliver(message: IncomingMessage): Promise<string> {
    const subscription = sagaSubscriptions(this.orchestration).find((candidate) => candidate.topic === message.topic);
    const handler = subscription?.handlers[message.type] ?? subscription?.handlers['*'];
    if (handler === undefined) throw new Error(`nobody listens to ${message.topic} ${message.type}`);
    return this.store.handleOnce(message, (unit) => handler.run(unit, message));
  }

  /** Delivers again after each failure that a redelivery may cure, like the consumer. */
  async handle(message: IncomingMessage): Promise<string> {
    for (let delivery = 1; ; delivery++) {
      try {
        return await this.deliver(message);
      } catch (error) {
        const isCurable = error instanceof SagaChangedError || error instanceof SagaLeasedError;
        if (!isCurable || delivery === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 10));
      }
    }
  }

  async commandsOf(sagaId: string): Promise<readonly Command[]> {
    const rows = await this.store.query<{ event_data: Command }>(
      `select event_data from outbox_events where aggregate_id = $1 and topic like '%.commands' order by seq`,
      [sagaId],
    );
    return rows.map((row) => row.event_data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }
}

const message = (topic: string, type: string, sagaId: string, payload: Record<string, unknown>): IncomingMessage => ({
  id: randomUUID(),
  topic,
  type,
  aggregateId: sagaId,
  version: 1,
  sagaId,
  orderId: `order-of-${sagaId}`,
  payload: { saga_id: sagaId, order_id: `order-of-${sagaId}`, ...payload },
  traceparent: TRACEPARENT,
  record: { partition: 0, offset: '0', headers: {} },
});

export const created = (sagaId: string): IncomingMessage =>
  message('order.events', 'order.created', sagaId, {
    user_id: 'u1',
    items: [{ product_id: 'p1', quantity: 1, price_minor: 700 }],
    total_minor: 700,
    currency: 'USD',
    card: 'card-ok',
  });

export const cancelRequested = (sagaId: string): IncomingMessage =>
  message('order.events', 'order.cancel-requested', sagaId, { reason: 'changed my mind' });

export function answerTo(command: Command, outcome: 'done' | 'rejected' = 'done'): IncomingMessage {
  const { participant, action, step, attempt, saga_id: sagaId } = command;
  const payload = { participant, action, step, attempt, outcome };
  return message(`${participant}.replies`, `${participant}.${action}.${outcome}`, sagaId, payload);
}
