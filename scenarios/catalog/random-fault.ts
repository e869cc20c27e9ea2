import fc, { type Arbitrary } from 'fast-check';
import type { Topology } from '#sut/contract/components.ts';
import { ENGINE_FAULTS, UNCONDITIONAL_FAULTS } from '../faults/catalog.ts';
import { timedFault } from '../model/draw-fault.ts';
import type { Fault } from '../model/fault.ts';
import type { DrawnFault } from '../model/scenario.ts';
import { serverLinks, targetComponents, targetLinks } from './blast-radius.ts';

/** Any fault on anything at any time of the storm, if there is room for it. */
export function randomFault(stormMs: number, topology: Topology): Arbitrary<DrawnFault> {
  return fc
    .constantFrom(...UNCONDITIONAL_FAULTS)
    .chain((fault) =>
      sometime(stormMs, fault, fault.requires.length > 0 ? targetComponents(topology) : targetLinks(topology)),
    );
}

/** Any fault on an engine that this topology knows, if there is room for it. */
export function randomEngineFault(stormMs: number, topology: Topology): Arbitrary<DrawnFault> {
  const possible = ENGINE_FAULTS.filter(({ topologies }) => topologies?.includes(topology) !== false);
  return fc.constantFrom(...possible).chain((fault) => sometime(stormMs, fault, targetComponents(topology)));
}

/** A fault on a link from server to server: there are few, and chance seldom meets one among all links. Needs a topology that has them. */
export function randomServerLinkFault(stormMs: number, topology: Topology): Arbitrary<DrawnFault> {
  return fc
    .constantFrom(...UNCONDITIONAL_FAULTS.filter(({ requires }) => requires.length === 0))
    .chain((fault) => sometime(stormMs, fault, serverLinks(topology)));
}

const sometime = (stormMs: number, fault: Fault<unknown>, targets: readonly string[]): Arbitrary<DrawnFault> =>
  timedFault(fault, {
    params: fault.params(targets),
    atMs: [stormMs * 0.05, stormMs * 0.85],
    durationMs: [1_000, 4_000],
    isOptional: true,
  });
