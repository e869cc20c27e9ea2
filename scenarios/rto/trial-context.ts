import type { FaultEvent } from '#invariants/history/event.ts';
import type { ComponentName, Detection, Engine, Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { Recorder } from '../engine/recorder.ts';
import type { RunEvents } from '../engine/run-events.ts';
import type { Stores } from '../engine/stores/stores.ts';
import type { ProbeSession, RecoveryProbe } from './recovery-probe.ts';
import type { RecoveryFailure } from './recovery-result.ts';

/** Another node of an engine takes over. */
export interface FailoverPlan {
  readonly engine: Engine;
  readonly detection: Detection;
}

/** What is measured, and how; all that a user chooses. */
export interface RecoveryPlan {
  readonly topology: Topology;
  /** What fails: a component, or the leader of the engine of this name. */
  readonly component: ComponentName;
  /** Absent: the component itself is harmed. Nobody takes over, unless `isTakeover`; it comes back when it is healed. */
  readonly failover?: FailoverPlan;
  /** Other instances of the service share its work and take over: coming back by the healing is no recovery. */
  readonly isTakeover?: boolean;
  readonly failure: RecoveryFailure;
  readonly probe: RecoveryProbe;
  readonly trials: number;
  /** How long the fault is kept up after it was proven. */
  readonly downMs: number;
  readonly intervalMs: number;
  /** Of the resampling for the confidence intervals. */
  readonly seed: number;
}

/** What every trial of one measurement shares. */
export interface TrialContext {
  readonly plan: RecoveryPlan;
  readonly environment: Environment;
  readonly stores: Stores;
  readonly session: ProbeSession;
  readonly history: Recorder;
  /** Every fault event that `history` has recorded. */
  readonly faultEvents: readonly FaultEvent[];
  readonly events: RunEvents;
  /** The clock of history and attempts, ms. */
  readonly now: () => number;
  /** What the clock on the wall says when `now` is 0, ms. */
  readonly zeroAtMs: number;
  /** Makes keys unique among measurements on one environment. */
  readonly runKey: string;
  readonly signal: AbortSignal;
}
