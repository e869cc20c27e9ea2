import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#sut/contract/environment.ts';
import type { RunContext } from '../run-context.ts';
import { runSchedule } from '../run-schedule.ts';
import type { StormTraffic } from '../storm-traffic.ts';

/** Runs workload and fault schedule together, until the schedule is done and the storm's time is over. Ends early on an interrupt. */
export async function storm(environment: Environment, traffic: StormTraffic, context: RunContext): Promise<void> {
  const overMs = performance.now() + context.plan.stormMs;
  traffic.start();
  await runSchedule(environment, context);
  await delay(Math.max(0, overMs - performance.now()), undefined, { signal: context.signal }).catch(() => undefined);
}
