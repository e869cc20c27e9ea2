import { z } from 'zod';
import { type ComponentName, type Link, linksOf, nodesOf, type Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { successorOf } from '../evidence/leadership.ts';
import { takesWrites } from '../evidence/postgres-role.ts';
import { engineFault } from './engine-fault.ts';
import { PATRONI_EXPIRY, takes } from './failover-bounds.ts';

const schema = z.strictObject({
  engine: z.literal('postgres'),
  topology: z.literal('cluster'),
  /** Who cannot reach etcd: every member, or the primary alone. */
  who: z.enum(['all', 'primary']),
  /** `cut`: connections are refused; `partition`: bytes are held back. */
  how: z.enum(['cut', 'partition']),
});
/** Patroni gives up on the leader key after `retry_timeout` (3 s) and demotes. */
const DEMOTED_MS = 8_000;
export type CutConsensusParams = z.infer<typeof schema>;

/**
 * Members are cut off from etcd. A primary that cannot renew its leader key demotes itself; cut off alone it is replaced
 * when the key has expired, and with all of them cut off there is no primary until the link is back.
 */
export const cutConsensus = engineFault<CutConsensusParams>({
  name: 'cut-consensus',
  summary: 'cut PostgreSQL members off from etcd: the primary demotes itself, and is replaced when it is cut off alone',
  requires: ['start'],
  schema,
  choices: (topology: Topology) =>
    topology === 'cluster'
      ? (['all', 'primary'] as const).flatMap((who) =>
          (['cut', 'partition'] as const).map((how) => ({ engine: 'postgres' as const, topology, who, how })),
        )
      : [],
  takesMs: ({ who }) => (who === 'all' ? { ...takes(PATRONI_EXPIRY), effect: DEMOTED_MS } : takes(PATRONI_EXPIRY)),
  links: ({ topology }) => consensusLinks(topology, nodesOf(topology, 'postgres')),
  async strike({ environment, params: { engine, topology, who, how }, nodes, signal }) {
    const former = await environment.leader(engine, signal);
    const links = consensusLinks(topology, who === 'all' ? nodes : [former]);
    const sinceMs = performance.now();
    const disturbance =
      how === 'cut' ? ({ kind: 'cut' } as const) : ({ kind: 'partition', direction: 'both' } as const);
    await Promise.all(links.map((link) => environment.disturb(link, disturbance, signal)));
    return async (evidenceSignal) => {
      const demotedMs = (await demoted(environment, who === 'all' ? nodes : [former], evidenceSignal)) - sinceMs;
      const values = { former, demotedMs: Math.round(demotedMs) };
      const detail = `${links.join(', ')} cut; ${former} takes no writes after ${values.demotedMs} ms`;
      if (who === 'all') return { kind: 'no-primary', detail: `${detail}, nor does any other`, values };
      const succession = { environment, engine, former, sinceMs, withinMs: PATRONI_EXPIRY.mostMs };
      const { name, afterMs } = await successorOf(succession, evidenceSignal);
      return {
        kind: 'leader-replaced',
        detail: `${detail}; ${name} leads instead after ${afterMs} ms`,
        values: { ...values, successor: name, failoverMs: afterMs },
      };
    };
  },
});

const consensusLinks = (topology: Topology, members: readonly ComponentName[]): readonly Link['name'][] =>
  linksOf(topology)
    .filter(({ client, server }) => server === 'etcd' && members.includes(client))
    .map(({ name }) => name);

/** Waits until none of the members takes writes; resolves to when that was, by `performance.now()`. */
function demoted(environment: Environment, members: readonly ComponentName[], signal: AbortSignal): Promise<number> {
  return eventually(
    `${members.join(', ')} take no writes`,
    async () => {
      const roles = await Promise.all(
        members.map(async (member) => ({ member, isWritable: await takesWrites(environment.port(member)) })),
      );
      const writable = roles.filter(({ isWritable }) => isWritable).map(({ member }) => member);
      return writable.length === 0 ? { seen: performance.now() } : { missing: `${writable.join(', ')} takes writes` };
    },
    { timeoutMs: PATRONI_EXPIRY.mostMs, intervalMs: 200, signal },
  );
}
