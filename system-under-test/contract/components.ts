/** What a component is to the system: somebody else's server, one of our services, or the outside world. */
export type ComponentKind = 'server' | 'service' | 'witness';

export interface ComponentDeclaration {
  readonly kind: ComponentKind;
  readonly defaultPort: number;
  /** Components that it opens connections to; each pair becomes a link with a proxy of its own. */
  readonly uses: readonly string[];
  readonly summary: string;
}

/**
 * Every component of the compact topology. Adding a service means one entry here and one folder under
 * `services/`; ports, links, proxies, readiness and faults follow from it. Ports are those of the specification.
 */
export const COMPONENTS = {
  kafka: { kind: 'server', defaultPort: 9092, uses: [], summary: 'Kafka broker (KRaft, one node)' },
  postgres: { kind: 'server', defaultPort: 5432, uses: [], summary: 'PostgreSQL, one database per service' },
  mongodb: { kind: 'server', defaultPort: 27017, uses: [], summary: 'MongoDB, one-member replica set' },
  redis: { kind: 'server', defaultPort: 6379, uses: [], summary: 'Redis, dedupe cache in front of the inbox' },
  acquirer: { kind: 'witness', defaultPort: 8090, uses: [], summary: 'card processor with its own ledger' },
  'message-provider': {
    kind: 'witness',
    defaultPort: 8091,
    uses: [],
    summary: 'e-mail/SMS provider with its own ledger',
  },
  order: {
    kind: 'service',
    defaultPort: 8001,
    uses: ['postgres', 'kafka', 'redis'],
    summary: 'orders; initiator of the saga',
  },
  inventory: {
    kind: 'service',
    defaultPort: 8002,
    uses: ['mongodb', 'kafka', 'redis'],
    summary: 'stock and reservations',
  },
  payment: {
    kind: 'service',
    defaultPort: 8003,
    uses: ['postgres', 'kafka', 'redis', 'acquirer'],
    summary: 'charges and refunds',
  },
  notification: {
    kind: 'service',
    defaultPort: 8004,
    uses: ['mongodb', 'kafka', 'redis', 'message-provider'],
    summary: 'messages to customers',
  },
  orchestrator: {
    kind: 'service',
    defaultPort: 8080,
    uses: ['postgres', 'kafka', 'redis'],
    summary: 'saga orchestrator',
  },
  gateway: { kind: 'service', defaultPort: 8000, uses: ['order', 'inventory', 'orchestrator'], summary: 'public API' },
} as const satisfies Record<string, ComponentDeclaration>;

export type ComponentName = keyof typeof COMPONENTS;
export const COMPONENT_NAMES = Object.keys(COMPONENTS) as readonly ComponentName[];

/** A declared connection: `client` opens it, `server` listens. */
export interface Link {
  readonly name: `${string}->${string}`;
  readonly client: ComponentName;
  readonly server: ComponentName;
}

/** All links of the topology, derived from what each component uses. */
export const LINKS: readonly Link[] = COMPONENT_NAMES.flatMap((client) =>
  (COMPONENTS[client].uses as readonly ComponentName[]).map((server) => ({
    name: `${client}->${server}` as const,
    client,
    server,
  })),
);
