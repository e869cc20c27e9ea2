import { isQuiescent, type SystemActivity } from '../model/system-activity.ts';

export interface ActivityBounds {
  /** Without any change for so long, nothing will come any more. */
  readonly stuckAfterMs: number;
  readonly boundMs: number;
}

/** Two looks: what moves between two of a look's sources is missed by one look, not by two. */
const QUIESCENT_LOOKS = 2;

/** Decides when waiting for a system to come to rest is over. Fed with looks at it; no clock of its own. */
export class ActivityWatch {
  readonly #bounds: ActivityBounds;
  readonly #startMs: number;
  #last = '';
  #changedMs: number;
  #quiescentLooks = 0;

  constructor(bounds: ActivityBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#startMs = nowMs;
    this.#changedMs = nowMs;
  }

  look(activity: SystemActivity, nowMs: number): 'quiescent' | 'moving' | 'stuck' | 'too-late' {
    this.#quiescentLooks = isQuiescent(activity) ? this.#quiescentLooks + 1 : 0;
    if (this.#quiescentLooks >= QUIESCENT_LOOKS) return 'quiescent';
    const now = JSON.stringify(activity);
    if (now !== this.#last) {
      this.#last = now;
      this.#changedMs = nowMs;
    }
    if (nowMs - this.#changedMs >= this.#bounds.stuckAfterMs) return 'stuck';
    return nowMs - this.#startMs >= this.#bounds.boundMs ? 'too-late' : 'moving';
  }
}
