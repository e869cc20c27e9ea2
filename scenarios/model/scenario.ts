import type { Arbitrary } from 'fast-check';
import type { InvariantName } from '#invariants/checkers/catalog.ts';
import type { Objectives } from '#invariants/model/invariant.ts';
import type { Publisher, Topology } from '#sut/contract/components.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import type { Probe } from './probe.ts';
import type { Workload } from './workload.ts';

/** A fault step as drawn, before the schedule gives it its id and moves it clear of the steps that it collides with. */
export type DrawnFault = Omit<ScheduledFault, 'id'> & {
  /** An optional step is left out when there is no room for it; any other makes the draw fail. */
  readonly isOptional: boolean;
};

/** One experiment: what must hold, what users do, and what is done to the system meanwhile. One file each under `catalog/`. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Where it makes sense; the first is the default. */
  readonly topologies: readonly [Topology, ...Topology[]];
  /** Must hold after the fault-free workload, else the run ends as environment error. */
  readonly hypothesis: readonly Probe[];
  readonly workload: Workload;
  /** How the fault steps of a storm of this length are drawn, aimed at components of this topology with this publisher. */
  schedule(stormMs: number, topology: Topology, publisher: Publisher): Arbitrary<readonly DrawnFault[]>;
  /** Components and links of a topology with a publisher that faults may disturb. */
  blastRadius(topology: Topology, publisher: Publisher): readonly string[];
  /** Must hold after every run. */
  readonly invariants: readonly InvariantName[];
  readonly objectives: Objectives;
  /** Defaults; a run may override them. */
  readonly stormMs: number;
  readonly orders: number;
}
