import { redisCommand } from './redis-command.ts';
import { parseRedisNodes, type RedisNodeView, servesSlot } from './redis-nodes.ts';
import { fellowsOf, type NodeInTopology, type ServerNode } from './server-driver.ts';

const SLOTS = 16_384;
/** A node that needs longer for an answer has no say in who leads. */
const SILENCE_MS = 300;

/** How the nodes of a new cluster share the work: the first half are masters, each with one replica of the second half. */
function planOf(node: NodeInTopology) {
  const fellows = fellowsOf(node);
  const masters = fellows.slice(0, Math.ceil(fellows.length / 2));
  const index = fellows.findIndex(({ component }) => component === node.component);
  const first = (master: number): number => Math.ceil((SLOTS * master) / masters.length);
  return {
    fellows,
    master: index < masters.length ? undefined : masters[index - masters.length],
    range: [first(index), first(index + 1) - 1] as const,
    isFirst: index === 0,
  };
}

const nodesSeenBy = async ({ port }: ServerNode, signal: AbortSignal): Promise<readonly RedisNodeView[]> =>
  parseRedisNodes(await redisCommand(port, ['CLUSTER', 'NODES'], signal));

/**
 * One attempt at a node's part in forming the cluster: the first introduces all to each other, a master takes its slots,
 * a replica its master. Does nothing to a node that has its part already, or whose slots another has taken over.
 */
export async function joinRedisCluster(node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const { fellows, master, range, isFirst } = planOf(node);
  const seen = await nodesSeenBy(node, signal);
  const self = seen.find(({ isMyself }) => isMyself);
  if (isFirst) {
    const strangers = fellows.filter(({ port }) => port !== node.port && !seen.some((other) => other.port === port));
    await Promise.all(strangers.map((one) => meet(node, one, signal)));
  }
  if (self === undefined || !self.isMaster || self.slots.length > 0) return;
  if (master !== undefined) {
    const view = seen.find(({ port, slots }) => port === master.port && slots.length > 0);
    // Its master may be somebody's replica by now: it then finds its place by itself, or has it.
    if (view !== undefined) await redisCommand(node.port, ['CLUSTER', 'REPLICATE', view.id], signal);
  } else if (!seen.some((other) => servesSlot(other, range[0]))) {
    await redisCommand(node.port, ['CLUSTER', 'ADDSLOTSRANGE', ...range], signal);
  }
}

async function meet({ port }: ServerNode, other: ServerNode, signal: AbortSignal): Promise<void> {
  const bus = other.extraPorts.bus ?? other.port + 10_000;
  await redisCommand(port, ['CLUSTER', 'MEET', '127.0.0.1', other.port, bus], signal);
}

/**
 * Rejects unless the node sees the whole cluster, all slots are served, and it is itself a part of it. A replica is one
 * only with its master's data: before that it can be elected all the same, and everything is gone.
 */
export async function probeRedisCluster(node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const info = await redisCommand(node.port, ['CLUSTER', 'INFO'], signal);
  const value = (name: string): string | undefined => fieldOf(info, name);
  if (value('cluster_state') !== 'ok' || value('cluster_slots_ok') !== String(SLOTS)) {
    throw new Error(`state ${value('cluster_state')}, ${value('cluster_slots_ok')} of ${SLOTS} slots served`);
  }
  const { length } = fellowsOf(node);
  if (value('cluster_known_nodes') !== String(length)) {
    throw new Error(`it knows ${value('cluster_known_nodes')} of ${length} nodes`);
  }
  const self = (await nodesSeenBy(node, signal)).find(({ isMyself }) => isMyself);
  if (self?.isMaster && self.slots.length === 0) throw new Error('it is a master without slots');
  if (self?.isMaster === false) {
    const replication = await redisCommand(node.port, ['INFO', 'replication'], signal);
    if (fieldOf(replication, 'master_link_status') !== 'up') throw new Error('a replica that has not its data yet');
  }
}

/** Of the lines `name:value` that `INFO` and `CLUSTER INFO` answer with. */
const fieldOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];

/** The node that serves a slot as master, as most nodes that answer see it. Rejects when none does. */
export async function redisMasterOf(nodes: readonly ServerNode[], slot: number, signal: AbortSignal): Promise<string> {
  const votes = new Map<string, number>();
  // One that is out of reach must not keep those waiting that know who has taken over.
  const bound = AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]);
  const views = await Promise.allSettled(nodes.map((node) => nodesSeenBy(node, bound)));
  for (const view of views) {
    if (view.status === 'rejected') continue;
    const master = view.value.find((one) => one.isMaster && !one.isFailing && servesSlot(one, slot));
    const component = nodes.find(({ port }) => port === master?.port)?.component;
    if (component !== undefined) votes.set(component, (votes.get(component) ?? 0) + 1);
  }
  const [winner] = [...votes].sort(([, a], [, b]) => b - a);
  if (winner === undefined) throw new Error(`no Redis node serves slot ${slot} as master`);
  return winner[0];
}
