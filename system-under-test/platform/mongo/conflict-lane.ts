/**
 * Where those go on who have lost a write conflict: one at a time, in their order. Trying again at once, all of them lose to one
 * another again, and the last of fifty has not had its turn when its patience ends.
 */
export class ConflictLane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the work when everything before it has ended, however that ended. */
  run<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
