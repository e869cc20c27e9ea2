import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEvent } from '#invariants/history/event.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { faultNamed } from '../faults/catalog.ts';
import { isOfPostgresCluster } from '../faults/evidence/whole-again.ts';
import { FAULT_BOUNDS } from '../faults/fault-bounds.ts';
import type { ActiveFault, Fault } from '../model/fault.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';
import { applyHeal } from './apply-heal.ts';
import { reasonOf } from './reason-of.ts';
import type { RunContext } from './run-context.ts';

/** Bounds of injecting and of proving, and of healing and of proving that; more for a fault that says that it takes long. */
const INJECT_BOUND_MS = 20_000;
/** How many times as long as usual it may take: on a full machine brokers were seen to take three times as long to come back. */
const PATIENCE = 4;
/** The environment heals by itself what its ledger still holds so long after everything should have ended: later than we do ourselves. */
const LEASE_SLACK_MS = 15_000;

type Shared = Pick<RunContext, 'history' | 'signal'>;

/** One fault of a run: the step, what it means, where its life is written down. */
interface FaultLife extends Shared {
  readonly step: ScheduledFault;
  readonly fault: Fault<unknown>;
  readonly params: unknown;
  readonly environment: Environment;
  readonly bounds: Bounds;
  record(phase: FaultEvent['phase'], found?: Pick<FaultEvent, 'evidence' | 'error'>): void;
}

interface Bounds {
  readonly injectMs: number;
  readonly healMs: number;
}

function boundsOf(fault: Fault<unknown>, params: unknown): Bounds {
  const usual = fault.takesMs?.(params) ?? { effect: 0, heal: 0 };
  const proofs = fault.reach(params).some(isOfPostgresCluster) ? 2 : 1;
  return {
    injectMs: Math.max(INJECT_BOUND_MS, PATIENCE * usual.effect),
    // The proof that its cluster is whole comes after that of the part, and may take as long.
    healMs: Math.max(proofs * FAULT_BOUNDS.healMs + 15_000, PATIENCE * usual.heal),
  };
}

/** Writes the ledger entry of a fault that comes within `waitMs`. A fault that then does not come is struck out with `ledger.end`. */
export async function announceFault(step: ScheduledFault, environment: Environment, waitMs: number): Promise<void> {
  const fault = faultNamed(step.fault);
  const params = fault.parse(step.params);
  const entry = { id: step.id, kind: step.fault, heal: fault.heal(params) };
  const { injectMs, healMs } = boundsOf(fault, params);
  // Injecting and healing are each followed by their proof, which may take as long.
  const leaseMs = waitMs + 2 * injectMs + step.durationMs + 2 * healMs + LEASE_SLACK_MS;
  await environment.ledger.begin({ ...entry, leaseMs });
}

/**
 * Lives one announced fault from its injection to its proven healing and records each phase of it. What goes wrong is recorded with
 * the phase (a fault without proof makes the run inconclusive), and healing is tried whatever happened. Rejects only when
 * the history or the ledger cannot be written.
 */
export async function executeFault(step: ScheduledFault, environment: Environment, shared: Shared): Promise<void> {
  const { history, signal } = shared;
  const fault = faultNamed(step.fault);
  const params = fault.parse(step.params);
  const identity = { type: 'fault', fault: step.id, kind: step.fault, targets: fault.reach(params) } as const;
  const life: FaultLife = {
    ...{ step, fault, params, environment, history, signal, bounds: boundsOf(fault, params) },
    record: (phase, found = {}) => {
      history.record({ ...identity, phase, ...found });
    },
  };
  let active: ActiveFault | undefined;
  try {
    active = await inject(life);
    if (active !== undefined) await prove(life, active);
    await delay(step.durationMs, undefined, { signal }).catch(() => undefined);
  } finally {
    if (await heal(life, active)) await environment.ledger.end(step.id);
  }
}

async function inject({
  fault,
  params,
  environment,
  signal,
  record,
  bounds,
}: FaultLife): Promise<ActiveFault | undefined> {
  record('inject');
  try {
    return await fault.inject(environment, params, AbortSignal.any([signal, AbortSignal.timeout(bounds.injectMs)]));
  } catch (error) {
    record('effective', { error: reasonOf(error) });
    return undefined;
  }
}

async function prove({ signal, record, bounds }: FaultLife, active: ActiveFault): Promise<void> {
  record(
    'effective',
    await found(() => active.evidence(AbortSignal.any([signal, AbortSignal.timeout(bounds.injectMs)]))),
  );
}

/** Undoes the harm, through the active fault or, when injecting failed half-way, through the ledger's actions. True when proven. */
async function heal(life: FaultLife, active: ActiveFault | undefined): Promise<boolean> {
  const { fault, params, environment, signal, record, bounds } = life;
  const actions = fault.heal(params);
  if (signal.aborted && !environment.isShared && actions.every(({ kind }) => kind === 'start')) {
    // Nobody needs the component any more, and teardown is waiting.
    record('heal', { error: 'interrupted: not started again, teardown follows' });
    return false;
  }
  let failure: unknown;
  try {
    record('heal');
  } finally {
    try {
      const bound = AbortSignal.timeout(bounds.healMs);
      if (active !== undefined) await active[Symbol.asyncDispose]();
      else for (const action of actions) await applyHeal(environment, action, bound);
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) {
    record('healed', { error: reasonOf(failure) });
    return false;
  }
  // What injecting left behind is not known (a kill may still come): the caller undoes it again, from the ledger.
  if (active === undefined) return false;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(bounds.healMs)]);
  const healed = await found(() => active.healedEvidence(bound));
  record('healed', healed);
  return healed.evidence !== undefined;
}

async function found(look: () => Promise<FaultEvent['evidence']>): Promise<Pick<FaultEvent, 'evidence' | 'error'>> {
  try {
    const evidence = await look();
    return evidence === undefined ? { error: 'no evidence' } : { evidence };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}
