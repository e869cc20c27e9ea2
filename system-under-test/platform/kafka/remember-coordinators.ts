import { createRequire } from 'node:module';

interface CoordinatorQuery {
  /** Of the group, or the transactional id. */
  readonly groupId: string;
  readonly coordinatorType?: number;
}

interface Broker {
  isConnected(): boolean;
}

/** What kafkajs 2.2.4 keeps for each client; not part of its public types. */
interface Cluster {
  findGroupCoordinator(query: CoordinatorQuery): Promise<Broker>;
}

const TRANSACTION = 1;

/**
 * Importing this spares the whole process a request before every step of every transaction: kafkajs asks for the coordinator
 * of a transactional producer again each time (2.5 requests of 6 for a transaction, measured). Here a client asks once and
 * again when the connection to the coordinator has broken. A coordinator that moves while it lives refuses the step, and the
 * relay answers every refusal with a new client.
 */
const { prototype }: { readonly prototype: Cluster } = createRequire(import.meta.url)('kafkajs/src/cluster');
if (typeof prototype.findGroupCoordinator !== 'function') {
  throw new Error('kafkajs has changed: see whether it still forgets coordinators, and adapt remember-coordinators.ts');
}

const known = new WeakMap<Cluster, { readonly groupId: string; readonly broker: Broker }>();
const find = prototype.findGroupCoordinator;

prototype.findGroupCoordinator = async function (this: Cluster, query: CoordinatorQuery): Promise<Broker> {
  if (query.coordinatorType !== TRANSACTION) return find.call(this, query);
  const remembered = known.get(this);
  if (remembered?.groupId === query.groupId && remembered.broker.isConnected()) return remembered.broker;
  const broker = await find.call(this, query);
  known.set(this, { groupId: query.groupId, broker });
  return broker;
};
