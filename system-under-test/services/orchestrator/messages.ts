import type pg from 'pg';
import { orderCancelRequestedSchema, replySchema } from '#sut/contract/messages.ts';
import { eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { type MessageHandler, onMessage, type Subscription } from '#sut/platform/kafka/subscription.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';
import { advanceSaga, type Occurrence, type Orchestration } from './advance-saga.ts';
import type { SagaInput } from './domain/saga.ts';
import type { SagaStart } from './domain/saga-definition.ts';

type Handlers = Record<string, MessageHandler<pg.PoolClient>>;

/** What the orchestrator listens to: the messages that start sagas, requests to cancel, and every participant's replies. */
export function sagaSubscriptions(orchestration: Orchestration): readonly Subscription<pg.PoolClient>[] {
  const byTopic = new Map<string, Handlers>();
  const on = (topic: string, type: string, handler: MessageHandler<pg.PoolClient>): void => {
    byTopic.set(topic, { ...byTopic.get(topic), [type]: handler });
  };
  for (const definition of orchestration.definitions.values()) {
    const { startedBy, id } = definition;
    if (startedBy.kind === 'message')
      on(startedBy.topic, startedBy.type, onMessage(startedBy.schema, onStart(orchestration, id)));
  }
  on(eventsTopic('order'), 'order.cancel-requested', onCancelRequested(orchestration));
  for (const participant of PARTICIPANTS) on(repliesTopic(participant), '*', onReply(orchestration));
  return [...byTopic].map(([topic, handlers]) => ({ topic, handlers }));
}

const onStart =
  (orchestration: Orchestration, type: string) =>
  (unit: UnitOfWork<pg.PoolClient>, start: SagaStart, message: IncomingMessage): Promise<string> => {
    const input: SagaInput = { kind: 'start', ...start };
    return advanceSaga(orchestration, unit, { ...occurrence(message, start.sagaId, input), type });
  };

const onCancelRequested = (orchestration: Orchestration): MessageHandler<pg.PoolClient> =>
  onMessage(orderCancelRequestedSchema, (unit: UnitOfWork<pg.PoolClient>, request, message) => {
    const input: SagaInput = { kind: 'cancel-request', reason: request.reason };
    return advanceSaga(orchestration, unit, occurrence(message, request.saga_id, input));
  });

const onReply = (orchestration: Orchestration): MessageHandler<pg.PoolClient> =>
  onMessage(replySchema, (unit: UnitOfWork<pg.PoolClient>, { saga_id: sagaId, ...reply }, message) =>
    advanceSaga(orchestration, unit, occurrence(message, sagaId, { kind: 'reply', ...reply })),
  );

function occurrence(message: IncomingMessage, sagaId: string, input: SagaInput): Occurrence {
  // The header, not the payload: provenance must show a message that came to the wrong saga.
  return { sagaId, input, causeId: message.id, causeSagaId: message.sagaId ?? '', traceparent: message.traceparent };
}
