/** What a component is to the system: somebody else's server, one of our services, or the outside world. */
export type ComponentKind = 'server' | 'service' | 'witness';

/** What a service needs of the servers; a topology says which processes provide it. */
export const ENGINES = ['kafka', 'postgres', 'mongodb', 'redis'] as const;
export type Engine = (typeof ENGINES)[number];

/**
 * `compact`: one process per engine, up in seconds. `cluster`: 3 Kafka brokers, 3 PostgreSQL under Patroni and etcd
 * behind HAProxy, a replica set of 3, a Redis cluster of 6.
 */
export const TOPOLOGIES = ['compact', 'cluster'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** Who brings outbox rows to their topics: each service's own relay, or Debezium on Kafka Connect for all of them. */
export const PUBLISHERS = ['relay', 'debezium'] as const;
export type Publisher = (typeof PUBLISHERS)[number];

/**
 * How soon the servers of a cluster take a silent fellow for dead: `fast` within a few seconds, so that a run sees many
 * failovers; `default` as each server's own defaults say, as in production. A topology without fellows has no use for it.
 */
export const DETECTIONS = ['fast', 'default'] as const;
export type Detection = (typeof DETECTIONS)[number];

export interface ComponentDeclaration {
  readonly kind: ComponentKind;
  readonly defaultPort: number;
  /** Engines and components that it opens connections to; each (client, server) becomes a link with its own proxy. */
  readonly uses: readonly string[];
  readonly summary: string;
  /** The engine that it is a node of. */
  readonly engine?: Engine;
  /** False: clients of the engine do not connect to this node but to another one of the engine (HAProxy). */
  readonly isEntry?: boolean;
  /** Only part of this topology; absent: part of all. */
  readonly topology?: Topology;
  /** Only part of an environment with this publisher; absent: part of all. */
  readonly publisher?: Publisher;
  /** The service of which it is an instance, when its name is not that. */
  readonly service?: string;
}

const kafkaNode = { kind: 'server', engine: 'kafka', topology: 'cluster', uses: [] } as const;
const postgresNode = {
  kind: 'server',
  engine: 'postgres',
  isEntry: false,
  topology: 'cluster',
  uses: ['etcd'],
} as const;
const mongodbNode = { kind: 'server', engine: 'mongodb', topology: 'cluster', uses: [] } as const;
const redisNode = { kind: 'server', engine: 'redis', topology: 'cluster', uses: [] } as const;

const CLUSTER_SERVERS = {
  'kafka-1': { ...kafkaNode, defaultPort: 9092, summary: 'Kafka broker and controller, 1 of 3' },
  'kafka-2': { ...kafkaNode, defaultPort: 9093, summary: 'Kafka broker and controller, 2 of 3' },
  'kafka-3': { ...kafkaNode, defaultPort: 9094, summary: 'Kafka broker and controller, 3 of 3' },
  etcd: {
    ...{ kind: 'server', topology: 'cluster', defaultPort: 2379, uses: [] },
    summary: 'etcd, where Patroni keeps the leader key',
  },
  'postgres-1': { ...postgresNode, defaultPort: 5432, summary: 'PostgreSQL under Patroni, 1 of 3' },
  'postgres-2': { ...postgresNode, defaultPort: 5433, summary: 'PostgreSQL under Patroni, 2 of 3' },
  'postgres-3': { ...postgresNode, defaultPort: 5434, summary: 'PostgreSQL under Patroni, 3 of 3' },
  haproxy: {
    ...{ kind: 'server', engine: 'postgres', topology: 'cluster', defaultPort: 5430 },
    uses: ['postgres-1', 'postgres-2', 'postgres-3'],
    summary: 'HAProxy, leads to the PostgreSQL primary',
  },
  'mongodb-1': { ...mongodbNode, defaultPort: 27017, summary: 'MongoDB replica set member, 1 of 3' },
  'mongodb-2': { ...mongodbNode, defaultPort: 27018, summary: 'MongoDB replica set member, 2 of 3' },
  'mongodb-3': { ...mongodbNode, defaultPort: 27019, summary: 'MongoDB replica set member, 3 of 3' },
  'redis-1': { ...redisNode, defaultPort: 6379, summary: 'Redis cluster node, 1 of 6' },
  'redis-2': { ...redisNode, defaultPort: 6380, summary: 'Redis cluster node, 2 of 6' },
  'redis-3': { ...redisNode, defaultPort: 6381, summary: 'Redis cluster node, 3 of 6' },
  'redis-4': { ...redisNode, defaultPort: 6382, summary: 'Redis cluster node, 4 of 6' },
  'redis-5': { ...redisNode, defaultPort: 6383, summary: 'Redis cluster node, 5 of 6' },
  'redis-6': { ...redisNode, defaultPort: 6384, summary: 'Redis cluster node, 6 of 6' },
} as const satisfies Record<string, ComponentDeclaration>;

/**
 * Every component of every topology; links, proxies, readiness and faults follow from an entry here. What else a new service
 * takes stands in CONTRIBUTING. Ports are those of the specification.
 */
export const COMPONENTS = {
  kafka: {
    ...{ kind: 'server', engine: 'kafka', topology: 'compact', defaultPort: 9092, uses: [] },
    summary: 'Kafka broker (KRaft, one node)',
  },
  postgres: {
    ...{ kind: 'server', engine: 'postgres', topology: 'compact', defaultPort: 5432, uses: [] },
    summary: 'PostgreSQL, one database per service',
  },
  mongodb: {
    ...{ kind: 'server', engine: 'mongodb', topology: 'compact', defaultPort: 27017, uses: [] },
    summary: 'MongoDB, one-member replica set',
  },
  redis: {
    ...{ kind: 'server', engine: 'redis', topology: 'compact', defaultPort: 6379, uses: [] },
    summary: 'Redis, dedupe cache in front of the inbox',
  },
  ...CLUSTER_SERVERS,
  connect: {
    // Its proxies would be bypassed: brokers and replica sets tell it their own addresses.
    ...{ kind: 'server', publisher: 'debezium', defaultPort: 8083, uses: [] },
    summary: 'Kafka Connect with Debezium, publishes the outboxes',
  },
  acquirer: { kind: 'witness', defaultPort: 8090, uses: [], summary: 'card processor with its own ledger' },
  'message-provider': {
    kind: 'witness',
    defaultPort: 8091,
    uses: [],
    summary: 'e-mail/SMS/push provider with its own ledger',
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
  user: {
    kind: 'service',
    defaultPort: 8005,
    uses: ['postgres', 'kafka', 'redis'],
    summary: 'profiles, preferences, spending limits',
  },
  wallet: {
    kind: 'service',
    defaultPort: 8006,
    uses: ['mongodb', 'kafka', 'redis'],
    summary: 'balances and loyalty points',
  },
  orchestrator: {
    kind: 'service',
    defaultPort: 8080,
    uses: ['postgres', 'kafka', 'redis'],
    summary: 'saga orchestrator',
  },
  'orchestrator-2': {
    ...{ kind: 'service', service: 'orchestrator', defaultPort: 8082, uses: ['postgres', 'kafka', 'redis'] },
    summary: 'second saga orchestrator, takes over from the first',
  },
  'event-store': {
    kind: 'service',
    defaultPort: 8081,
    uses: ['postgres', 'kafka', 'redis'],
    summary: 'append-only audit trail of every domain event',
  },
  gateway: {
    kind: 'service',
    defaultPort: 8000,
    uses: [
      ...['order', 'inventory', 'payment', 'notification', 'user', 'wallet'],
      ...['orchestrator', 'orchestrator-2', 'event-store'],
    ],
    summary: 'public API',
  },
} as const satisfies Record<string, ComponentDeclaration>;

export type ComponentName = keyof typeof COMPONENTS;
/** Every component of every topology. */
export const ALL_COMPONENTS = Object.keys(COMPONENTS) as readonly ComponentName[];

export const declarationOf = (component: ComponentName): ComponentDeclaration => COMPONENTS[component];

/** Components of a topology with a publisher, servers first. */
export const componentsOf = (topology: Topology, publisher: Publisher = 'relay'): readonly ComponentName[] =>
  ALL_COMPONENTS.filter((name) => {
    const declaration = declarationOf(name);
    return (declaration.topology ?? topology) === topology && (declaration.publisher ?? publisher) === publisher;
  });

/** Components that clients of an engine connect to. */
export const entriesOf = (topology: Topology, engine: Engine): readonly ComponentName[] =>
  componentsOf(topology).filter(
    (name) => declarationOf(name).engine === engine && declarationOf(name).isEntry !== false,
  );

/** The nodes that hold an engine's data: its entries, unless those lead to others. */
export function nodesOf(topology: Topology, engine: Engine): readonly ComponentName[] {
  const hidden = componentsOf(topology).filter(
    (name) => declarationOf(name).engine === engine && declarationOf(name).isEntry === false,
  );
  return hidden.length > 0 ? hidden : entriesOf(topology, engine);
}

const isEngine = (name: string): name is Engine => ENGINES.some((engine) => engine === name);

/** A declared connection: `client` opens it, `server` listens. */
export interface Link {
  readonly name: `${string}->${string}`;
  readonly client: ComponentName;
  readonly server: ComponentName;
}

/** All links of a topology, derived from what each component uses: one per client and server process. */
export const linksOf = (topology: Topology): readonly Link[] =>
  componentsOf(topology).flatMap((client) =>
    declarationOf(client)
      .uses.flatMap((used) => (isEngine(used) ? entriesOf(topology, used) : [used as ComponentName]))
      .map((server) => ({ name: `${client}->${server}` as const, client, server })),
  );

/** Names of a client's links to the entries of an engine. */
export const linksTo = (topology: Topology, client: ComponentName, engine: Engine): readonly Link['name'][] =>
  entriesOf(topology, engine).map((server) => `${client}->${server}` as const);

/** Every link of every topology, once. */
export const ALL_LINKS: readonly Link[] = [
  ...new Map(TOPOLOGIES.flatMap(linksOf).map((link) => [link.name, link])).values(),
];

/** The service that a component is an instance of: itself, unless it says otherwise. */
export function serviceOf(component: ComponentName): string {
  const declaration: ComponentDeclaration = COMPONENTS[component];
  return declaration.service ?? component;
}
