import { setTimeout as delay } from 'node:timers/promises';
import { nodesOf } from '#sut/contract/components.ts';
import { awaitQuiescence } from '../engine/await-quiescence.ts';
import { reasonOf } from '../engine/reason-of.ts';
import { provenWhole } from '../faults/evidence/leadership.ts';
import { describeActivity } from '../model/system-activity.ts';
import { eventually, NotInTime } from '../timing/eventually.ts';
import { failoverTrialOf, type ObservedFailover } from './assess-failover.ts';
import { type Observed, readerOf, trialOf } from './assess-trial.ts';
import { type Attempt, isAcknowledged } from './attempt.ts';
import { failoverMoments } from './failover-moments.ts';
import { type LivedFault, liveFault } from './live-fault.ts';
import { Prober } from './prober.ts';
import { readBack } from './read-back.ts';
import type { Trial } from './recovery-result.ts';
import { rateBetween } from './throughput.ts';
import type { TrialContext } from './trial-context.ts';

const FIRST_ACK_BOUND_MS = 20_000;
const WARM_UP_MS = 500;
const BASELINE_MS = 2_000;
const BASELINE_WRITES = 10;
/** From the proven healing on; what is not back by then is not measured. */
const RECOVERY_BOUND_MS = 60_000;
const REST_BOUND_MS = 300_000;

/**
 * One trial: a steady client, the fault, its healing, the client until its throughput is back, the backlog until it is
 * drained, and every acknowledged write read back. Resolves also to a trial that measured nothing, which says why. Rejects
 * when it is interrupted, or history or ledger cannot be written.
 */
export async function runTrial(trial: number, context: TrialContext): Promise<Trial> {
  const { plan, session, now, signal, runKey } = context;
  const before = (await restlessness(context)) ?? (await brokenness(context));
  if (before !== undefined)
    return assessed(trial, context, { attempts: [], baselineRate: 0, restless: `before the fault: ${before}` });
  await using prober = new Prober({
    session,
    intervalMs: plan.intervalMs,
    maxOpen: plan.probe.maxOpen,
    timeoutMs: plan.probe.timeoutMs,
    keyPrefix: `${runKey}-${trial}`,
    now,
  });
  await firstAcknowledged(prober.attempts, signal);
  await delay(WARM_UP_MS, undefined, { signal });
  const baselineFromMs = now();
  await delay(Math.max(BASELINE_MS, BASELINE_WRITES * plan.intervalMs), undefined, { signal });
  const baselineRate = rateBetween(prober.attempts, baselineFromMs, now());
  if (baselineRate === 0) {
    await prober.stop();
    return assessed(trial, context, { attempts: prober.attempts, baselineRate });
  }
  const fault = await liveFault(trial, context);
  await throughputBack(prober.attempts, baselineRate, fault, context);
  const observedMs = now();
  await prober.stop();
  const restless = plan.probe.leavesBacklog ? await restlessness(context) : undefined;
  const drainedMs = plan.probe.leavesBacklog && restless === undefined ? now() : undefined;
  const ids = prober.attempts.flatMap(({ id }) => id ?? []);
  const stored = await readBack(ids, session, signal);
  return assessed(trial, context, {
    attempts: prober.attempts,
    baselineRate,
    ...fault,
    observedMs,
    drainedMs,
    leavesBacklog: plan.probe.leavesBacklog,
    ...(restless === undefined ? {} : { restless }),
    stored,
  });
}

/** The first write of a cold system takes longest. Resolves also when none comes: the baseline then tells. */
async function firstAcknowledged(attempts: readonly Attempt[], signal: AbortSignal): Promise<void> {
  const look = async () => (attempts.some(isAcknowledged) ? { seen: true } : { missing: 'none' });
  await eventually('a write is acknowledged', look, { timeoutMs: FIRST_ACK_BOUND_MS, signal }).catch(
    (error: unknown) => {
      if (!(error instanceof NotInTime)) throw error;
    },
  );
}

const assessed = (trial: number, { plan, zeroAtMs }: TrialContext, seen: Seen): Trial =>
  plan.failover === undefined
    ? trialOf(trial, { ...seen, isTakeover: plan.isTakeover })
    : failoverTrialOf(trial, { ...seen, zeroAtMs, intervalMs: plan.intervalMs });

type Seen = Observed & Pick<ObservedFailover, 'leaderMs' | 'testimony'>;
/** Resolves when the throughput is back, or will not be waited for any longer. */
async function throughputBack(
  attempts: readonly Attempt[],
  baselineRate: number,
  { faultMs, proven, leaderMs, healMs }: LivedFault,
  { plan, now, signal, events }: TrialContext,
): Promise<void> {
  if (faultMs === undefined || proven === undefined) return;
  const momentsOf = plan.failover === undefined ? readerOf(plan.isTakeover) : failoverMoments;
  const look = async () => {
    const nowMs = now();
    const fault = { faultMs, provenMs: leaderMs ?? proven.atMs, healMs: healMs ?? nowMs };
    const moments = momentsOf(attempts, fault, { baselineRate, nowMs });
    if (moments.throughputMs !== undefined) return { seen: true };
    events.emit('waiting', `throughput, ${attempts.filter(isAcknowledged).length} writes acknowledged`);
    return { missing: 'not yet' };
  };
  await eventually('the throughput is back', look, { timeoutMs: RECOVERY_BOUND_MS, intervalMs: 100, signal }).catch(
    (error: unknown) => {
      if (!(error instanceof NotInTime)) throw error;
    },
  );
}

/** What the system still had to do when it should have come to rest; `undefined` when it did. */
async function restlessness({ stores, environment, events, signal }: TrialContext): Promise<string | undefined> {
  const { reason, activity } = await awaitQuiescence(stores, environment, REST_BOUND_MS, { events, signal });
  return reason === 'quiescent' ? undefined : `${reason}: ${describeActivity(activity)}`;
}

/**
 * Why nobody could take over yet; `undefined` when somebody can. A cluster that has just become ready may lack it (Patroni
 * promotes only a standby that it has confirmed as synchronous), and starts its dead leader again in its place.
 */
async function brokenness({ plan, environment, signal }: TrialContext): Promise<string | undefined> {
  if (plan.failover === undefined) return undefined;
  const { engine } = plan.failover;
  try {
    await provenWhole(environment, engine, nodesOf(plan.topology, engine), signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return reasonOf(error);
  }
}
