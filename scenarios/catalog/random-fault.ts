import fc, { type Arbitrary } from 'fast-check';
import type { Topology } from '#sut/contract/components.ts';
import { ENGINE_FAULTS, UNCONDITIONAL_FAULTS } from '../faults/catalog.ts';
import { timedFault } from '../model/draw-fault.ts';
import type { DrawnFault } from '../model/scenario.ts';
import { targetComponents, targetLinks } from './blast-radius.ts';

/** Any fault on anything at any time of the storm, if there is room for it. */
export function randomFault(stormMs: number, topology: Topology): Arbitrary<DrawnFault> {
  return fc.constantFrom(...UNCONDITIONAL_FAULTS).chain((fault) =>
    timedFault(fault, {
      params: fault.params(fault.requires.length > 0 ? targetComponents(topology) : targetLinks(topology)),
      atMs: [stormMs * 0.05, stormMs * 0.85],
      durationMs: [1_000, 4_000],
      isOptional: true,
    }),
  );
}

/** Any fault on an engine that this topology knows, if there is room for it. */
export function randomEngineFault(stormMs: number, topology: Topology): Arbitrary<DrawnFault> {
  const possible = ENGINE_FAULTS.filter(({ topologies }) => topologies?.includes(topology) !== false);
  return fc.constantFrom(...possible).chain((fault) =>
    timedFault(fault, {
      params: fault.params(targetComponents(topology)),
      atMs: [stormMs * 0.05, stormMs * 0.85],
      durationMs: [1_000, 4_000],
      isOptional: true,
    }),
  );
}
