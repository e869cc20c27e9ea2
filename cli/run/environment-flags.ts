import { Flags } from '@oclif/core';
import { PUBLISHERS, TOPOLOGIES } from '#sut/contract/components.ts';

/** What every command that starts an environment lets its user choose. */
export const ENVIRONMENT_FLAGS = {
  ports: Flags.option({
    summary: 'ports of the components',
    options: ['default', 'auto'] as const,
    default: 'default' as const,
  })(),
  topology: Flags.option({
    summary: 'one process per server (compact), or replicated servers that fail over (cluster)',
    options: TOPOLOGIES,
  })(),
  publisher: Flags.option({
    summary: "who brings outbox rows to their topics: each service's own relay, or Debezium on Kafka Connect",
    options: PUBLISHERS,
  })(),
};
