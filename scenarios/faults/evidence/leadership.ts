import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName, Engine } from '#sut/contract/components.ts';
import type { Environment, Led } from '#sut/contract/environment.ts';
import { eventually, type Sighting } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { postgresRole } from './postgres-role.ts';
import { synchronousPair } from './synchronous-pair.ts';

/** Longest wait for one answer to who leads. */
const LOOK_MS = 2_500;

/** Who leads now; rejects when nobody does within a moment. */
export const leaderNow = (
  environment: Environment,
  engine: Engine,
  signal: AbortSignal,
  of?: Led,
): Promise<ComponentName> => environment.leader(engine, AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]), of);

/** How an engine is followed from one leader to the next. */
export interface Succession {
  readonly environment: Environment;
  readonly engine: Engine;
  readonly former: ComponentName;
  readonly of?: Led | undefined;
  /** When the harm was done, by `performance.now()`. */
  readonly sinceMs: number;
  /** In which time there must be another. */
  readonly withinMs: number;
  /** Another answer to who leads after the former leader; absent: another node that leads. */
  readonly look?: ((signal: AbortSignal) => Promise<Sighting<ComponentName>>) | undefined;
}

/** Between two looks: this is how late a successor may be seen. */
const POLL_MS = 10;

export interface Successor {
  readonly name: ComponentName;
  /** Since the harm. */
  readonly afterMs: number;
  /** When the harm was done, by the clock on the wall, as logs have it. */
  readonly struckAtMs: number;
}

/** What the evidence of a change of leaders says of it in numbers. */
export const successionValues = (former: ComponentName, { name, afterMs, struckAtMs }: Successor) => ({
  former,
  successor: name,
  failoverMs: afterMs,
  struckAtMs,
});

/** Resolves to the node that leads instead of the former one. Rejects with `NotInTime`. */
export async function successorOf(
  { environment, engine, former, of, sinceMs, withinMs, look }: Succession,
  signal: AbortSignal,
): Promise<Successor> {
  const struckAtMs = Math.round(Date.now() - performance.now() + sinceMs);
  const another = async (): Promise<Sighting<ComponentName>> => {
    const name = await leaderNow(environment, engine, signal, of);
    return name === former ? { missing: `${name} leads` } : { seen: name };
  };
  const name = await eventually(
    `another node than ${former} leads ${engine}`,
    look === undefined ? another : () => look(signal),
    { timeoutMs: withinMs, intervalMs: POLL_MS, signal },
  );
  return { name, afterMs: Math.round(performance.now() - sinceMs), struckAtMs };
}

/**
 * Every node is a whole member, one of them leads, and of PostgreSQL no other takes writes and Patroni knows a synchronous
 * standby (without one nobody may be promoted). Rejects with `NotInTime` or what a node answered last.
 */
export async function provenWhole(
  environment: Environment,
  engine: Engine,
  nodes: readonly ComponentName[],
  signal: AbortSignal,
): Promise<Evidence> {
  const startMs = performance.now();
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await Promise.all(nodes.map((node) => environment.whenReady(node, bound)));
  const leader = await eventually(
    `${engine} has one leader`,
    async () => {
      const name = await leaderNow(environment, engine, signal);
      const doubt = engine === 'postgres' ? await postgresDoubt(environment, nodes, name, signal) : undefined;
      return doubt === undefined ? { seen: name } : { missing: doubt };
    },
    // Not `bound`, which would end the wait before it can say what was missing.
    { timeoutMs: Math.round(FAULT_BOUNDS.healMs - (performance.now() - startMs)), signal },
  );
  const values = { nodes: nodes.length, leader, wholeMs: Math.round(performance.now() - startMs) };
  return { kind: 'cluster-whole', detail: `${nodes.join(', ')} are ready, ${leader} leads`, values };
}

async function postgresDoubt(
  environment: Environment,
  nodes: readonly ComponentName[],
  leader: ComponentName,
  signal: AbortSignal,
): Promise<string | undefined> {
  const roles = await Promise.all(
    nodes.map(async (node) => ({ node, ...(await postgresRole(environment.port(node))) })),
  );
  const writable = roles.filter(({ isWritable }) => isWritable).map(({ node }) => node);
  if (writable.length !== 1 || writable[0] !== leader) {
    return `${leader} leads, and ${writable.join(', ') || 'nobody'} takes writes`;
  }
  if (nodes.length === 1) return undefined;
  const look = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
  const pair = await synchronousPair(environment.port('etcd'), look);
  const isPaired = pair === undefined || (pair.leader === leader && pair.standby !== undefined);
  return isPaired ? undefined : `${leader} has no synchronous standby`;
}
