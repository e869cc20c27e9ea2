import type { Completion, Event, Invocation } from './event.ts';

/** A whole recorded history, in the order of `index`. Iterable more than once. */
export interface History extends Iterable<Event> {
  readonly length: number;
  /** Every invocation with its completion, `undefined` while it is still open at the end. */
  pairs(op?: string): Iterable<readonly [Invocation, Completion | undefined]>;
}
