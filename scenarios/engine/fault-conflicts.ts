import { ALL_COMPONENTS, ALL_LINKS, type ComponentName, declarationOf } from '#sut/contract/components.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';

/** What a fault takes for itself while it is active. */
export interface FaultClaim {
  /** Components and links. */
  readonly reach: readonly string[];
  /** Nothing else may be disturbed meanwhile. */
  readonly isAlone: boolean;
}

export function claimOf({ fault: name, params }: Pick<ScheduledFault, 'fault' | 'params'>): FaultClaim {
  const fault = faultNamed(name);
  return { reach: fault.reach(fault.parse(params)), isAlone: fault.needsTraffic === true };
}

/** True when two faults must not be active at the same time. */
export function areConflicting(a: FaultClaim, b: FaultClaim): boolean {
  return a.isAlone || b.isAlone || isConflicting(a.reach, b.reach);
}

/**
 * True when of two faults with such a reach one would break the other or its proof: both hit
 * the same component, both hit the same link, one hits the server that the other's link is probed with, or one hits
 * what the other needs to prove itself: Patroni is not ready without etcd, and HAProxy answers nothing without a primary.
 */
export function isConflicting(reachA: readonly string[], reachB: readonly string[]): boolean {
  return reachA.some((a) => reachB.some((b) => a === b || neededBy(a).includes(b) || neededBy(b).includes(a)));
}

/** What must be in order, besides itself, for a fault on a component or link to be proven, and proven healed. */
function neededBy(name: string): readonly string[] {
  const link = ALL_LINKS.find((one) => one.name === name);
  if (link !== undefined) {
    const client = declarationOf(link.client).kind === 'server' ? [link.client] : [];
    return [link.server, ...neededByServer(link.server), ...client];
  }
  const component = ALL_COMPONENTS.find((one) => one === name);
  return component === undefined ? [] : neededByServer(component);
}

/** What a server uses, and the nodes to which it leads its clients. */
function neededByServer(server: ComponentName): readonly string[] {
  const { kind, engine, isEntry, uses } = declarationOf(server);
  if (kind !== 'server') return [];
  const behind = ALL_COMPONENTS.filter(
    (name) => engine !== undefined && isEntry !== false && leadsTo(engine, server, name),
  );
  return [...uses, ...behind];
}

function leadsTo(engine: string, server: ComponentName, name: ComponentName): boolean {
  const behind = declarationOf(name);
  return behind.engine === engine && behind.isEntry === false && behind.topology === declarationOf(server).topology;
}
