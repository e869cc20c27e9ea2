import { ALL_LINKS } from '#sut/contract/components.ts';

/**
 * True when two faults must not be active at the same time because one would break the other or its proof: both hit
 * the same component, both hit the same link, or one hits the server that the other's link is probed with.
 */
export function isConflicting(reachA: readonly string[], reachB: readonly string[]): boolean {
  return reachA.some((a) => reachB.some((b) => a === b || serverOf(a) === b || serverOf(b) === a));
}

const serverOf = (name: string): string | undefined => ALL_LINKS.find((link) => link.name === name)?.server;
