import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName, Engine } from '../contract/components.ts';
import type { Led } from '../contract/environment.ts';
import { dataNodes } from './data-nodes.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { kafkaController } from './servers/kafka-controller.ts';
import { kafkaPartitionLeader } from './servers/kafka-partition-leader.ts';
import { withMongodbMember } from './servers/mongodb-member.ts';
import { hasRole, restPortOf } from './servers/patroni-control.ts';
import { queryPostgres } from './servers/query-postgres.ts';
import { redisMasterOf } from './servers/redis-cluster.ts';
import type { ServerNode } from './servers/server-driver.ts';
import { untilResolved } from './servers/until-resolved.ts';

const ATTEMPT_MS = 2_000;
const ASK_AGAIN_MS = 20;

/** The node of an engine that leads now, as `Environment.leader` says. */
export async function findLeader(
  record: Pick<EnvironmentRecord, 'topology' | 'nodes'>,
  engine: Engine,
  signal: AbortSignal,
  of?: Led,
): Promise<ComponentName> {
  const nodes = dataNodes(record, engine);
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1) return only.component as ComponentName;
  const attempt = (): Promise<string> =>
    leaderAmong(engine, nodes, AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]), of);
  // Names of server nodes are names of components.
  return (await untilResolved(`${engine} has no leader`, attempt, signal)) as ComponentName;
}

function leaderAmong(engine: Engine, nodes: readonly ServerNode[], signal: AbortSignal, of?: Led): Promise<string> {
  switch (engine) {
    case 'postgres':
      return postgresPrimary(nodes, signal);
    case 'mongodb':
      return firstWhere(nodes, (node) => isMongodbPrimary(node, signal));
    case 'kafka':
      return kafkaLeader(nodes, signal, of?.kind === 'partition' ? of : undefined);
    case 'redis':
      return redisMasterOf(nodes, of?.kind === 'slot' ? of.slot : 0, signal);
  }
}

/** The member that holds the leader key; when no Patroni says so, the one that takes writes. */
async function postgresPrimary(nodes: readonly ServerNode[], signal: AbortSignal): Promise<string> {
  const holdsKey = (node: ServerNode): Promise<boolean> => hasRole(restPortOf(node), 'primary', signal);
  const takesWrites = async ({ port }: ServerNode): Promise<boolean> => {
    const [row] = await queryPostgres(port, 'select pg_is_in_recovery() as is_replica', signal);
    return row?.is_replica === false;
  };
  return firstWhere(nodes, holdsKey).catch(() => firstWhere(nodes, takesWrites));
}

const isMongodbPrimary = ({ port }: ServerNode, signal: AbortSignal): Promise<boolean> =>
  withMongodbMember(port, signal, async (admin) => (await admin.command({ hello: 1 })).isWritablePrimary === true);

async function kafkaLeader(
  nodes: readonly ServerNode[],
  signal: AbortSignal,
  of: Extract<Led, { kind: 'partition' }> | undefined,
): Promise<string> {
  const ports = nodes.map(({ port }) => port);
  const nodeId =
    of === undefined
      ? await Promise.any(ports.map((port) => kafkaController(port, signal)))
      : await Promise.any(ports.map((port) => kafkaPartitionLeader(port, of, signal)));
  // Node ids are the places in the cluster, from 1.
  const node = nodes[nodeId - 1];
  if (node === undefined)
    throw new Error(of === undefined ? 'no controller' : `${of.topic}/${of.partition} has no leader`);
  return node.component;
}

/**
 * The first node that says so; rejects when none does. While one does not answer, the others are asked again: it may be
 * out of reach for good, and one of them be promoted meanwhile.
 */
async function firstWhere(
  nodes: readonly ServerNode[],
  holds: (node: ServerNode) => Promise<boolean>,
): Promise<string> {
  const answers = new Map(nodes.map((node) => [node, holds(node).catch(() => false)]));
  let haveAllAnswered = false;
  void Promise.all(answers.values()).then(() => {
    haveAllAnswered = true;
  });
  const name = async (node: ServerNode): Promise<string> => {
    let isIt = await answers.get(node);
    while (!isIt) {
      await delay(ASK_AGAIN_MS);
      if (haveAllAnswered) throw new Error(`${node.component} does not lead`);
      isIt = await holds(node).catch(() => false);
    }
    return node.component;
  };
  return Promise.any(nodes.map(name)).catch(() => {
    throw new Error(`none of ${nodes.map(({ component }) => component).join(', ')} leads`);
  });
}
