import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { type AnyWorker, durableWorker } from '#sut/platform/worker/durable-worker.ts';
import { advanceSaga, type Orchestration } from './advance-saga.ts';

/**
 * Tells sagas whose deadline has passed. The deadlines are rows, so a restart forgets none. A command that is still in the outbox
 * says nothing about its participant: to repeat it would only make the outbox longer (docs/adr/0016).
 */
export function deadlineWorker(orchestration: Orchestration, store: PostgresStore): AnyWorker {
  const sentForMs = orchestration.isOutboxMarked ? orchestration.policy.stepTimeoutMs : undefined;
  return durableWorker<string>({
    name: 'saga-deadlines',
    take: (limit, excludedIds) => orchestration.leases.takeOverdue({ limit, excludedIds, sentForMs }),
    id: (sagaId) => sagaId,
    run: async (sagaId) => {
      await store.transaction((unit) =>
        advanceSaga(orchestration, unit, {
          sagaId,
          input: { kind: 'timeout' },
          causeId: '',
          causeSagaId: sagaId,
          traceparent: undefined,
        }),
      );
    },
    // Each job needs a second connection to take its lease: far fewer than the pool holds.
    concurrency: 4,
    pollMs: 200,
  });
}
