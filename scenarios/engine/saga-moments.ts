import { setTimeout as delay } from 'node:timers/promises';
import type { SagaPoint } from '../model/fault-schedule.ts';
import type { StepPointReached } from './step-point-detector.ts';

/** A saga that was refused never comes to the later points; whoever waits for one goes on after this long. In a storm sagas take seconds. */
const PATIENCE_MS = 20_000;

/** The points that sagas have reached, for requests that follow one: a cancellation in the middle of the charge. */
export class SagaMoments implements Disposable {
  readonly #reached = new Set<string>();
  readonly #awaited = new Map<string, PromiseWithResolvers<void>>();
  #isOver = false;

  offer({ sagaId, ...point }: StepPointReached): void {
    const key = keyOf(sagaId, point);
    this.#reached.add(key);
    this.#awaited.get(key)?.resolve();
    this.#awaited.delete(key);
  }

  /** Resolves once the saga has reached the point, or when that can no longer be seen or has not come for `patienceMs`, or when `over` aborts. */
  async wait(sagaId: string, point: SagaPoint, over: AbortSignal, patienceMs = PATIENCE_MS): Promise<void> {
    const key = keyOf(sagaId, point);
    if (this.#isOver || this.#reached.has(key)) return;
    const come = this.#awaited.get(key) ?? Promise.withResolvers<void>();
    this.#awaited.set(key, come);
    const waited = new AbortController();
    const signal = AbortSignal.any([over, waited.signal]);
    const patience = delay(patienceMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([come.promise, patience]);
    waited.abort();
  }

  /** Nobody watches any more: lets everyone go on. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const come of this.#awaited.values()) come.resolve();
    this.#awaited.clear();
  }
}

const keyOf = (sagaId: string, { participant, action, point }: SagaPoint): string =>
  `${sagaId} ${participant} ${action} ${point}`;
