import type { PhaseName } from '#invariants/history/event.ts';
import { busyShare, type ProcessorTimes, processorTimes } from '../timing/processor-use.ts';
import { reasonOf } from './reason-of.ts';
import type { Recorder } from './recorder.ts';

/** A phase of a run did not succeed; `cause` is what went wrong in it. */
export class PhaseFailed extends Error {
  readonly phase: PhaseName;

  constructor(phase: PhaseName, cause: unknown) {
    super(`${phase}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'PhaseFailed';
    this.phase = phase;
  }
}

/** Runs a phase between its begin and its end in the history. Rejects with `PhaseFailed`, recorded before. */
export async function inPhase<T>(history: Recorder, phase: PhaseName, work: () => Promise<T>): Promise<T> {
  history.record({ type: 'phase', phase, state: 'begin' });
  const before = processorTimes();
  try {
    const result = await work();
    history.record({ type: 'phase', phase, state: 'end', ...busySince(before) });
    history.flush();
    return result;
  } catch (error) {
    const failed = new PhaseFailed(phase, error);
    history.record({ type: 'phase', phase, state: 'failed', detail: reasonOf(error), ...busySince(before) });
    history.flush();
    throw failed;
  }
}

/** Who reads that something came late must know whether the machine had time for it. */
function busySince(before: ProcessorTimes): { readonly busy?: number } {
  const busy = busyShare(before, processorTimes());
  return busy === undefined ? {} : { busy };
}
