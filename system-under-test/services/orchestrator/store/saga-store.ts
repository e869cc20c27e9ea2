import type { Logger } from 'pino';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { LEASE_MS, SagaLeases } from './saga-leases.ts';
import { SAGA_SCHEMA } from './saga-schema.ts';

/** The orchestrator's database, with the leases of this process on its sagas. */
export class SagaStore extends PostgresStore {
  readonly sagaLeases: SagaLeases;

  constructor(options: {
    readonly url: string;
    readonly instance: string;
    readonly leaseMs?: number;
    readonly log?: Logger;
  }) {
    super({
      url: options.url,
      service: 'orchestrator',
      schema: SAGA_SCHEMA,
      ...(options.log ? { log: options.log } : {}),
    });
    this.sagaLeases = new SagaLeases(this, options.instance, options.leaseMs ?? LEASE_MS);
  }
}
