import { isQuiescent, outstandingIn, type SystemActivity } from '../model/system-activity.ts';

export interface ActivityBounds {
  /** Without any change for so long, nothing will come any more. */
  readonly stuckAfterMs: number;
  /** So long it may take, and `PATIENCE` times as long while ever fewer things are outstanding (fewer than ever within the last `stuckAfterMs`): a slow machine is no defect. */
  readonly boundMs: number;
}

/** At rest; or not, because nothing moves any more, because it goes on and gets nowhere, or because there was not time enough. */
export type Rest = 'quiescent' | 'stuck' | 'endless' | 'still-draining';

const PATIENCE = 3;

/** Two looks: what moves between two of a look's sources is missed by one look, not by two. */
const QUIESCENT_LOOKS = 2;

/** Decides when waiting for a system to come to rest is over. Fed with looks at it; no clock of its own. */
export class ActivityWatch {
  readonly #bounds: ActivityBounds;
  readonly #startMs: number;
  #last = '';
  #changedMs: number;
  #fewest = Number.POSITIVE_INFINITY;
  #drainedMs: number;
  #quiescentLooks = 0;

  constructor(bounds: ActivityBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#startMs = nowMs;
    this.#changedMs = nowMs;
    this.#drainedMs = nowMs;
  }

  look(activity: SystemActivity, nowMs: number): Rest | 'moving' {
    this.#quiescentLooks = isQuiescent(activity) ? this.#quiescentLooks + 1 : 0;
    if (this.#quiescentLooks >= QUIESCENT_LOOKS) return 'quiescent';
    const now = JSON.stringify(activity);
    if (now !== this.#last) {
      this.#last = now;
      this.#changedMs = nowMs;
    }
    if (nowMs - this.#changedMs >= this.#bounds.stuckAfterMs) return 'stuck';
    const outstanding = outstandingIn(activity);
    if (outstanding < this.#fewest) {
      this.#fewest = outstanding;
      this.#drainedMs = nowMs;
    }
    const isDraining = nowMs - this.#drainedMs < this.#bounds.stuckAfterMs;
    const boundMs = this.#bounds.boundMs * (isDraining ? PATIENCE : 1);
    if (nowMs - this.#startMs < boundMs) return 'moving';
    return isDraining ? 'still-draining' : 'endless';
  }
}
