import type { OnEvent } from '../model/fault-schedule.ts';
import type { StepPointReached } from './step-point-detector.ts';

/** After so long beyond `notBeforeMs` the next saga at the point will do, whatever its number. */
const PATIENCE_MS = 10_000;

/** Decides when an `OnEvent` condition is met, fed with the points that sagas reach. No clock of its own. */
export class EventTrigger {
  readonly #condition: OnEvent;
  readonly #sagas = new Set<string>();

  constructor(condition: OnEvent) {
    this.#condition = condition;
  }

  /** True when this is the occurrence that fires; `stormMs` is the time since the storm began. */
  isMetBy(reached: StepPointReached, stormMs: number): boolean {
    const { participant, action, point, nth, notBeforeMs } = this.#condition;
    const isThere = reached.participant === participant && reached.action === action && reached.point === point;
    if (!isThere || stormMs < notBeforeMs) return false;
    this.#sagas.add(reached.sagaId);
    return this.#sagas.size >= nth || stormMs >= notBeforeMs + PATIENCE_MS;
  }
}
