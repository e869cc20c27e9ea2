import type { Evidence } from '#invariants/history/event.ts';
import { ALL_LINKS, nodesOf } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { provenWhole } from './leadership.ts';

const MEMBERS = nodesOf('cluster', 'postgres');
/** Patroni demotes a primary that cannot reach etcd. */
const PARTS: readonly string[] = [...MEMBERS, 'etcd'];

/** Whether a fault on this component or link may cost the PostgreSQL cluster its primary or its standby. */
export function isOfPostgresCluster(name: string): boolean {
  const link = ALL_LINKS.find((one) => one.name === name);
  return [name, link?.client, link?.server].some((one) => one !== undefined && PARTS.includes(one));
}

/**
 * Adds to the proof that a component or link is healed the proof that its PostgreSQL cluster is, if it is of one: it answers
 * before there is a synchronous standby again, and a primary that the next fault kills then has no successor. While another fault
 * holds a part of the cluster nobody waits: the last to be healed proves the whole. Rejects as `provenWhole`.
 */
export async function provenWholeAgain(
  environment: Environment,
  name: string,
  healed: Evidence,
  signal: AbortSignal,
): Promise<Evidence> {
  if (!isOfPostgresCluster(name)) return healed;
  const held = await heldPart(environment);
  if (held !== undefined) return { ...healed, detail: `${healed.detail}; its cluster is not whole, for ${held}` };
  const whole = await provenWhole(environment, 'postgres', MEMBERS, signal);
  return {
    ...healed,
    detail: `${healed.detail}; ${whole.detail}`,
    values: { ...whole.values, ...healed.values },
  };
}

/** A part of the cluster that a fault keeps from its work, and how. */
async function heldPart(environment: Environment): Promise<string | undefined> {
  const away = (await environment.status()).find(({ name, state }) => PARTS.includes(name) && state !== 'running');
  if (away !== undefined) return `${away.name} is ${away.state}`;
  const links = environment.links.filter(({ server }) => server === 'etcd');
  const states = await Promise.all(links.map(({ name }) => environment.linkStatus(name)));
  const disturbed = states.find(({ enabled, toxics }) => !enabled || toxics.length > 0);
  return disturbed && `${disturbed.link} is disturbed`;
}
