import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#sut/contract/environment.ts';
import { EventMoments } from '../event-moments.ts';
import { reasonOf } from '../reason-of.ts';
import type { RunContext } from '../run-context.ts';
import { runSchedule } from '../run-schedule.ts';
import { SagaMoments } from '../saga-moments.ts';
import type { StepPointReached } from '../step-point-detector.ts';
import type { StormTraffic } from '../storm-traffic.ts';
import { watchStepPoints } from '../watch-step-points.ts';

/**
 * Runs workload and fault schedule together, until the schedule is done and the storm's time is over. Ends early on an interrupt.
 * Rejects as `runSchedule`, and when the topics cannot be read at the start.
 */
export async function storm(environment: Environment, traffic: StormTraffic, context: RunContext): Promise<void> {
  const { plan, history, signal } = context;
  let startMs = Number.POSITIVE_INFINITY;
  const faults = new EventMoments(plan.schedule.steps, () => performance.now() - startMs, history);
  using sagas = new SagaMoments();
  // Before the first request: the first saga's points are looked for too.
  await using _watch = await watch(environment, context, (reached) => {
    faults.offer(reached);
    sagas.offer(reached);
  });
  startMs = performance.now();
  traffic.start(sagas);
  await runSchedule(environment, faults, context);
  const restMs = startMs + plan.stormMs - performance.now();
  await delay(Math.max(0, restMs), undefined, { signal }).catch(() => undefined);
}

/** Watches the topics until the result is disposed. */
async function watch(
  environment: Environment,
  { signal, history }: RunContext,
  onReached: (reached: StepPointReached) => void,
): Promise<AsyncDisposable> {
  const watching = new AbortController();
  const { done } = await watchStepPoints({
    brokerPorts: environment.entryPorts('kafka'),
    onReached,
    signal: AbortSignal.any([signal, watching.signal]),
  });
  const ended = done.catch((error: unknown) => {
    // The steps that still wait are then never begun, which makes the run inconclusive; this says why.
    history.record({ type: 'observation', kind: 'watch-failed', values: { error: reasonOf(error) } });
  });
  // Whoever disposes hears of a failure; until then it is not unhandled.
  ended.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      watching.abort();
      await ended;
    },
  };
}
