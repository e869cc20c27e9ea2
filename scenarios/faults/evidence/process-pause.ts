import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { ping } from './ping.ts';
import { processState } from './process-state.ts';
import { provenWholeAgain } from './whole-again.ts';

/** Stopped still, or dead: then it is another process that answers. */
const DOES_NOT_GO_ON: readonly string[] = ['T', 'Z', 'gone'];

/** The process that `before` shows has stopped and answers nothing. Rejects with `NotInTime`. */
export function provenPaused(
  environment: Environment,
  { name, pid }: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  return eventually(
    `${name} is paused`,
    async () => {
      const kernel = pid === undefined ? 'gone' : await processState(pid);
      const probe = await ping(name, environment.port(name), { timeoutMs: FAULT_BOUNDS.silenceMs, signal });
      return kernel === 'T' && probe.outcome === 'unanswered'
        ? {
            seen: {
              kind: 'pid-stopped',
              detail: `pid ${pid} is in state T, ${probe.detail}`,
              values: { pid: pid ?? 0, silentMs: probe.elapsedMs },
            },
          }
        : { missing: `pid ${pid} in state ${kernel}, probe ${probe.outcome}` };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, signal },
  );
}

/** The same process goes on and is ready, and so is its cluster (`provenWholeAgain`). */
export async function provenResumed(
  environment: Environment,
  { name, pid }: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await environment.whenReady(name, bound);
  const kernel = pid === undefined ? 'gone' : await processState(pid);
  if (DOES_NOT_GO_ON.includes(kernel)) {
    throw new Error(`${name} answers, but pid ${pid}, which was to go on, is in state ${kernel}`);
  }
  const detail = `pid ${pid} is in state ${kernel}, ready`;
  const resumed = { kind: 'resumed-and-ready', detail, values: { pid: pid ?? 0 } };
  return provenWholeAgain(environment, name, resumed, signal);
}
