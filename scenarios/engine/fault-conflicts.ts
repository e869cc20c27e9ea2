import { ALL_COMPONENTS, ALL_LINKS, declarationOf } from '#sut/contract/components.ts';
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
  const [hitA, hitB] = [reachA.flatMap(hitBy), reachB.flatMap(hitBy)];
  const neededByA = reachA.flatMap(neededBy);
  const neededByB = reachB.flatMap(neededBy);
  return (
    hitA.some((name) => hitB.includes(name) || neededByB.includes(name)) ||
    hitB.some((name) => neededByA.includes(name))
  );
}

/** A link is part of the server that is its client: a primary that is cut off from etcd is demoted. A service is built to go on. */
function hitBy(name: string): readonly string[] {
  const client = ALL_LINKS.find((link) => link.name === name)?.client;
  return client !== undefined && declarationOf(client).kind === 'server' ? [name, client] : [name];
}

/** What must be in order, besides itself, for a fault on a component or link to be proven, and proven healed: servers, and all they use. */
function neededBy(name: string): readonly string[] {
  const link = ALL_LINKS.find((one) => one.name === name);
  if (link !== undefined) return [link.server, ...neededBy(link.server)];
  const component = ALL_COMPONENTS.find((one) => one === name);
  if (component === undefined) return [];
  const { kind, uses } = declarationOf(component);
  return kind === 'server' ? uses.flatMap((used) => [used, ...neededBy(used)]) : [];
}
