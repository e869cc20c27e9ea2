import type { ServerNode } from './server-driver.ts';

/** Port of the REST API of a member's Patroni. */
export function restPortOf(member: ServerNode): number {
  const port = member.extraPorts.rest;
  if (port === undefined) throw new Error(`${member.component} has no port for Patroni's REST API`);
  return port;
}

/** Whether the Patroni at this port says that its member has the role: `primary` needs a leader key that has not expired. */
export async function hasRole(
  restPort: number,
  role: 'primary' | 'synchronous',
  signal: AbortSignal,
): Promise<boolean> {
  const { ok } = await fetch(`http://127.0.0.1:${restPort}/${role}`, { method: 'HEAD', signal });
  return ok;
}

/**
 * Asks the cluster for a planned change of the primary, through the Patroni of any member (`restPort`). Resolves when it
 * has happened, to Patroni's own words. Rejects when Patroni refuses, with its reason.
 */
export async function switchover(
  restPort: number,
  order: { readonly leader: string; readonly candidate?: string },
  signal: AbortSignal,
): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${restPort}/switchover`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Patroni refused the switchover (${answer.status}): ${text}`);
  return text;
}

/**
 * Makes logical replication slots permanent (`slot name -> database`), or none of these any more (`-> null`): Patroni
 * takes them along in every failover, and removes slots that it does not know of. Resolves when the cluster's settings say so.
 */
export async function keepSlots(
  restPort: number,
  slots: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = Object.entries(slots).map(([name, database]) => [
    name,
    database === null ? null : { type: 'logical', plugin: 'pgoutput', database },
  ]);
  const answer = await fetch(`http://127.0.0.1:${restPort}/config`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ slots: Object.fromEntries(wanted) }),
    signal,
  });
  if (!answer.ok) throw new Error(`Patroni refused the slots (${answer.status}): ${await answer.text()}`);
}
