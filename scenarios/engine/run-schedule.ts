import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#sut/contract/environment.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';
import type { EventMoments } from './event-moments.ts';
import { announceFault, executeFault } from './execute-fault.ts';
import { claimOf } from './fault-conflicts.ts';
import { FaultTurnstile } from './fault-turnstile.ts';
import type { RunContext } from './run-context.ts';

/**
 * Executes a schedule from now on. `moments` are those that its event-triggered steps wait for. Resolves when every fault that was
 * begun is over; a step whose event has not come when the storm ends is not begun. Rejects when the history or
 * the ledger cannot be written.
 */
export async function runSchedule(environment: Environment, moments: EventMoments, context: RunContext): Promise<void> {
  const { steps } = context.plan.schedule;
  const startMs = performance.now();
  const over = AbortSignal.any([context.signal, AbortSignal.timeout(context.plan.stormMs)]);
  const turnstile = new FaultTurnstile();
  const execute = async (step: ScheduledFault): Promise<void> => {
    // The moment of an event lasts milliseconds: nothing that can be done before may stand between it and the harm.
    const isAnnounced = step.trigger.kind === 'event';
    if (isAnnounced) await announceFault(step, environment, context.plan.stormMs);
    const isOn = await isDue(step, startMs, moments, over);
    using pass = isOn ? await turnstile.enter(claimOf(step), over).catch(() => undefined) : undefined;
    if (pass === undefined) {
      if (isAnnounced) await environment.ledger.end(step.id);
      return;
    }
    if (!isAnnounced) await announceFault(step, environment, 0);
    await executeFault(step, environment, context);
  };
  const results = await Promise.allSettled(steps.map(execute));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function isDue(
  step: ScheduledFault,
  startMs: number,
  moments: EventMoments,
  over: AbortSignal,
): Promise<boolean> {
  if (step.trigger.kind === 'event') return moments.wait(step.id, over);
  const restMs = startMs + step.trigger.atMs - performance.now();
  return delay(Math.max(0, restMs), true, { signal: over }).catch(() => false);
}
