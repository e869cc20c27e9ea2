import type { Arbitrary } from 'fast-check';
import type { Evidence } from '#invariants/history/event.ts';
import type { Topology } from '#sut/contract/components.ts';
import type { Capability, Environment, HealAction } from '#sut/contract/environment.ts';

/** A kind of harm. One file each under `faults/`. `P` is JSON: it stands in the plan and is replayable. */
export interface Fault<P> {
  readonly name: string;
  readonly summary: string;
  /** Where it makes sense; absent: everywhere. */
  readonly topologies?: readonly Topology[];
  /** Capabilities that every target must support. */
  readonly requires: readonly Capability[];
  /** Draws parameters for one of the given targets (component or link names). */
  params(targets: readonly string[]): Arbitrary<P>;
  /** Reads parameters back from a plan; throws a `ZodError` when they are not this fault's. */
  parse(params: unknown): P;
  /** Components and links that the fault may disturb; must stay inside the scenario's blast radius. */
  reach(params: P): readonly string[];
  /**
   * It needs the whole system at work to show its effect: no other fault may be active meanwhile, or what it waits for
   * would never come.
   */
  readonly needsTraffic?: true;
  /**
   * How long (ms) it usually takes until the harm is proven, from the injection, and until its healing is. Absent: a few
   * seconds each, as a process needs to end and to start again.
   */
  takesMs?(params: P): { readonly effect: number; readonly heal: number };
  /** What undoes it, known before it is injected: this goes into the ledger. */
  heal(params: P): readonly HealAction[];
  /**
   * Does the harm and resolves once it is done. Disposing the result heals and is idempotent. Both reject when the
   * signal aborts; the caller then heals through the ledger.
   */
  inject(env: Environment, params: P, signal: AbortSignal): Promise<ActiveFault>;
}

export interface ActiveFault extends AsyncDisposable {
  /** Proof that the harm is there, from an instrument that looks from outside. Rejects when there is none. */
  evidence(signal: AbortSignal): Promise<Evidence>;
  /** Proof that it is gone; call it after dispose. Rejects when there is none. */
  healedEvidence(signal: AbortSignal): Promise<Evidence>;
}
