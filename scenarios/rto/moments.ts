import { type Attempt, endsSince, isAcknowledged } from './attempt.ts';
import { throughputBackMs } from './throughput.ts';

/** When what happened to one fault, by the harness: about to be injected, proven, about to be undone. ms of the attempts' clock. */
export interface FaultMoments {
  readonly faultMs: number;
  readonly provenMs: number;
  readonly healMs: number;
}

/** What the client saw of it. A moment that has not come is `undefined`. */
export interface ClientMoments {
  readonly firstErrorMs: number | undefined;
  /** First acknowledgement of a write that was begun after the fault was proven. */
  readonly firstAckMs: number | undefined;
  readonly throughputMs: number | undefined;
}

/** Reads the client's moments off its attempts. A write begun before the proof may have overtaken the fault and proves no recovery. */
export function clientMoments(
  attempts: readonly Attempt[],
  { faultMs, provenMs }: Pick<FaultMoments, 'faultMs' | 'provenMs'>,
  { baselineRate, nowMs }: { readonly baselineRate: number; readonly nowMs: number },
): ClientMoments {
  const [firstErrorMs] = endsSince(faultMs, attempts, (attempt) => !isAcknowledged(attempt));
  const isRecovery = (attempt: Attempt): boolean => isAcknowledged(attempt) && attempt.startMs >= provenMs;
  const [firstAckMs] = endsSince(provenMs, attempts, isRecovery);
  return {
    firstErrorMs,
    firstAckMs,
    throughputMs: throughputBackMs(attempts, { baselineRate, fromMs: firstAckMs, nowMs }),
  };
}
