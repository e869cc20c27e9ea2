import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { type ComponentParams, statusOf } from '../component-params.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { ping } from './ping.ts';
import { processState } from './process-state.ts';
import { provenWholeAgain } from './whole-again.ts';

/** Starts a component whose process has ended; leaves any other as it is. */
export async function startAgain(environment: Environment, params: ComponentParams): Promise<void> {
  const signal = AbortSignal.timeout(FAULT_BOUNDS.healMs);
  if ((await statusOf(environment, params)).state === 'exited') {
    await environment.perform(params.component, 'start', signal);
  }
}

/** The process that `before` shows is gone and its port refuses. Rejects with `NotInTime`. */
export function provenDead(environment: Environment, before: ComponentStatus, signal: AbortSignal): Promise<Evidence> {
  const { name, pid } = before;
  return eventually(
    `${name} is dead`,
    async () => {
      const { state } = await statusOf(environment, { component: name });
      const kernel = pid === undefined ? 'gone' : await processState(pid);
      const { outcome } = await ping(name, environment.port(name), { timeoutMs: FAULT_BOUNDS.silenceMs, signal });
      const isDead = state === 'exited' && (kernel === 'gone' || kernel === 'Z') && outcome === 'refused';
      return isDead
        ? {
            seen: {
              kind: 'pid-dead',
              detail: `pid ${pid} is ${kernel}, port ${before.port} refuses`,
              values: { pid: pid ?? 0, port: before.port },
            },
          }
        : { missing: `status ${state}, pid ${pid} ${kernel}, port ${outcome}` };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, signal },
  );
}

/** Another process than the one that `before` shows runs and is ready, and so is its cluster (`provenWholeAgain`). */
export async function provenRestarted(
  environment: Environment,
  before: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  const { name } = before;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await environment.whenReady(name, bound);
  const now = await statusOf(environment, { component: name });
  if (now.state !== 'running' || now.starts <= before.starts) {
    throw new Error(`${name} answers, but is ${now.state} after ${now.starts} starts (${before.starts} before)`);
  }
  const restarted = {
    kind: 'restarted-and-ready',
    detail: `pid ${now.pid} instead of ${before.pid}, ready`,
    values: { pid: now.pid ?? 0, starts: now.starts },
  };
  return provenWholeAgain(environment, name, restarted, signal);
}
