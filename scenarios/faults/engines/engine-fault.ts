import fc from 'fast-check';
import { z } from 'zod';
import type { Evidence } from '#invariants/history/event.ts';
import {
  type ComponentName,
  DETECTIONS,
  ENGINES,
  type Engine,
  type Link,
  nodesOf,
  TOPOLOGIES,
  type Topology,
} from '#sut/contract/components.ts';
import type { Capability, Environment, HealAction } from '#sut/contract/environment.ts';
import { applyHeal } from '../../engine/apply-heal.ts';
import type { Fault } from '../../model/fault.ts';
import { activeFault } from '../active-fault.ts';
import { provenWhole } from '../evidence/leadership.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { FaultNotApplicable } from '../fault-not-applicable.ts';

/** Which node of an engine is hit is known only when the fault strikes; the topology says which it may be. */
export interface EngineParams {
  readonly engine: Engine;
  readonly topology: Topology;
}

export const engineSchema = z.enum(ENGINES);
export const topologySchema = z.enum(TOPOLOGIES);
/** With which detection times the environment runs, which decides how long things may take; absent: fast. */
export const detectionSchema = z.enum(DETECTIONS);

/** An engine when a fault strikes: all its nodes run. */
export interface EngineSite<P> {
  readonly environment: Environment;
  readonly params: P;
  readonly nodes: readonly ComponentName[];
  readonly signal: AbortSignal;
}

/** What distinguishes one fault on an engine from another; reach, ledger and healing are the same for all. */
export interface EngineFaultDeclaration<P extends EngineParams> {
  readonly name: string;
  readonly summary: string;
  readonly requires: readonly Capability[];
  readonly schema: z.ZodType<P>;
  /** What it may be asked for in a topology; nothing where it makes no sense. */
  choices(topology: Topology): readonly P[];
  /** As in `Fault`. */
  takesMs(params: P): { readonly effect: number; readonly heal: number };
  /** Links that it disturbs besides the nodes. */
  links?(params: P): readonly Link['name'][];
  /** Does the harm. Resolves to its proof, which may take its time. */
  strike(site: EngineSite<P>): Promise<(signal: AbortSignal) => Promise<Evidence>>;
}

/**
 * A fault on the members of an engine. It starts when all of them run (whether they are whole is what the healing of the last
 * fault has proven: asking again would let the moment of an event pass), and heals by starting, resuming and reconnecting
 * whatever needs it; healed means that every node is a whole member again and one of them leads.
 */
export function engineFault<P extends EngineParams>(declaration: EngineFaultDeclaration<P>): Fault<P> {
  const { name, summary, requires, schema, strike } = declaration;
  const heal = (params: P): readonly HealAction[] => {
    const nodes = nodesOf(params.topology, params.engine);
    return [
      ...(declaration.links?.(params) ?? []).map((link) => ({ kind: 'restore-link', link }) as const),
      ...nodes.map((component) => ({ kind: 'resume', component }) as const),
      ...nodes.map((component) => ({ kind: 'start', component }) as const),
    ];
  };
  return {
    name,
    summary,
    requires,
    topologies: TOPOLOGIES.filter((topology) => declaration.choices(topology).length > 0),
    params: (targets) => fc.constantFrom(...TOPOLOGIES.flatMap((one) => choicesAmong(declaration, one, targets))),
    parse: (params) => schema.parse(params),
    reach: (params) => [...nodesOf(params.topology, params.engine), ...(declaration.links?.(params) ?? [])],
    takesMs: (params) => declaration.takesMs(params),
    heal,
    async inject(environment, params, signal) {
      const nodes = nodesOf(params.topology, params.engine);
      const broken = (await environment.status()).find(({ name: one, state }) => {
        return nodes.some((node) => node === one) && state !== 'running';
      });
      if (broken !== undefined) throw new FaultNotApplicable(name, broken);
      const evidence = await strike({ environment, params, nodes, signal });
      return activeFault({
        evidence,
        async heal() {
          const bound = AbortSignal.timeout(FAULT_BOUNDS.healMs);
          for (const action of heal(params)) await applyHeal(environment, action, bound);
        },
        healedEvidence: (healedSignal) => provenWhole(environment, params.engine, nodes, healedSignal),
      });
    },
  };
}

/** The choices of a topology of which all nodes are among the targets. */
function choicesAmong<P extends EngineParams>(
  declaration: EngineFaultDeclaration<P>,
  topology: Topology,
  targets: readonly string[],
): readonly P[] {
  return declaration
    .choices(topology)
    .filter(({ engine }) => nodesOf(topology, engine).every((node) => targets.includes(node)));
}
