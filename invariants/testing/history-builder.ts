import { createHistory } from '../history/create-history.ts';
import type { Completion, Event, Evidence, FaultEvent, UnstampedEvent } from '../history/event.ts';
import type { History } from '../history/history.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Writes histories by hand: each event gets the next index, and the clock stands still unless moved. */
export class HistoryBuilder {
  readonly events: Event[] = [];
  #timeMs = 0;

  get timeMs(): number {
    return this.#timeMs;
  }

  /** Moves the clock forward. */
  after(ms: number): this {
    this.#timeMs += ms;
    return this;
  }

  add(event: UnstampedEvent): number {
    const index = this.events.length;
    this.events.push({ ...event, index, timeMs: this.#timeMs });
    return index;
  }

  /** Returns the index of the invocation, for `end`. */
  invoke(op: string, input: Fields, process = 0): number {
    return this.add({ type: 'invoke', process, op, input });
  }

  end(
    invocation: number,
    type: Completion['type'],
    result: { readonly output?: Fields; readonly error?: string } = {},
  ): number {
    const invoked = this.events[invocation];
    if (invoked?.type !== 'invoke') throw new Error(`event ${invocation} is no invocation`);
    return this.add({ type, process: invoked.process, op: invoked.op, invocation, ...result });
  }

  /** One whole operation that takes `latencyMs`. */
  operation(
    op: string,
    input: Fields,
    type: Completion['type'],
    result: { readonly output?: Fields; readonly error?: string } = {},
    latencyMs = 5,
  ): this {
    const invocation = this.invoke(op, input);
    this.after(latencyMs).end(invocation, type, result);
    return this;
  }

  fault(fault: string, phase: FaultEvent['phase'], targets: readonly string[] = ['order'], evidence?: Evidence): this {
    this.add({ type: 'fault', fault, kind: 'kill', phase, targets, ...(evidence && { evidence }) });
    return this;
  }

  observe(kind: string, values: Fields): this {
    this.add({ type: 'observation', kind, values });
    return this;
  }

  build(): History {
    return createHistory(this.events);
  }
}
