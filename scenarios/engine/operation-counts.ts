import type { Event } from '#invariants/history/event.ts';

/** Counts operations by how they ended, fed with every event of a history. */
export class OperationCounts {
  #open = 0;
  readonly #ended = { ok: 0, fail: 0, info: 0 };

  add(event: Event): void {
    if (event.type === 'invoke') this.#open += 1;
    if (event.type !== 'ok' && event.type !== 'fail' && event.type !== 'info') return;
    this.#open -= 1;
    this.#ended[event.type] += 1;
  }

  now(): { readonly ok: number; readonly fail: number; readonly info: number; readonly open: number } {
    return { ...this.#ended, open: this.#open };
  }
}
