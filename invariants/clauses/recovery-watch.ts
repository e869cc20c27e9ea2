import { type FaultWindow, touches } from '../model/fault-windows.ts';
import type { Findings } from '../model/findings.ts';
import type { RecoveryClock } from './recovery-clock.ts';

/** An operation of a client. */
export interface Asked {
  readonly op: string;
  /** The path that it declares. */
  readonly reach: unknown;
  readonly invokedMs: number;
  /** Its invocation's event. */
  readonly index: number;
  /** Infinite without an answer. */
  readonly answeredMs: number;
}

const EVENTS_SHOWN = 10;

/** What is known about the operations after one fault. */
class Answers {
  firstInvokedMs = Number.POSITIVE_INFINITY;
  answeredMs = Number.POSITIVE_INFINITY;
  readonly events: number[] = [];

  see({ invokedMs, answeredMs, index }: Asked): void {
    this.firstInvokedMs = Math.min(this.firstInvokedMs, invokedMs);
    this.answeredMs = Math.min(this.answeredMs, answeredMs);
    if (this.events.length < EVENTS_SHOWN) this.events.push(index);
  }
}

/** What is known about one kind of operation until it is answered. */
interface Attempts {
  readonly clock: RecoveryClock;
  isAnswered: boolean;
  readonly firstInvokedMs: number;
  /** The last one that was not answered, and its event. */
  inVainMs: number;
  inVain: number;
}

/** Gathers the evidence about one fault. */
export class RecoveryWatch {
  readonly #fault: FaultWindow;
  readonly #rtoMs: number;
  /** Operations that are invoked after this event count. */
  readonly sinceIndex: number;
  /** The clock runs from here on. */
  readonly #startMs: number;
  /** Of each kind of operation that the fault touches: faults that touch only others do not postpone it. */
  readonly #clocks: ReadonlyMap<string, RecoveryClock>;
  readonly #kinds = new Map<string, Attempts>();
  readonly #touched = new Answers();
  readonly #any = new Answers();

  constructor(fault: FaultWindow, startMs: number, clocks: ReadonlyMap<string, RecoveryClock>, rtoMs: number) {
    this.#fault = fault;
    this.#rtoMs = rtoMs;
    this.#startMs = startMs;
    this.#clocks = clocks;
    this.sinceIndex = fault.healIndex ?? Number.POSITIVE_INFINITY;
  }

  get #name(): string {
    const { fault, kind, targets } = this.#fault;
    return `fault ${fault} (${kind} of ${targets.join(', ')})`;
  }

  #taken(): Answers {
    return this.#touched.firstInvokedMs <= this.#startMs + this.#rtoMs ? this.#touched : this.#any;
  }

  /** Whether operations invoked from `timeMs` on can no longer change the finding. */
  isSettled(timeMs: number): boolean {
    if (timeMs <= this.#startMs + this.#rtoMs || this.#taken().answeredMs > timeMs) return false;
    return this.#kinds.values().every(({ isAnswered, clock }) => isAnswered || timeMs >= clock.endMs);
  }

  /** Takes an operation; those that were invoked before `sinceIndex` prove nothing and are not to be shown. */
  see(asked: Asked): void {
    this.#any.see(asked);
    if (!touches(this.#fault.targets, asked.reach)) return;
    this.#touched.see(asked);
    const clock = this.#clocks.get(asked.op);
    if (clock !== undefined) this.#seeKind(asked, clock);
  }

  #seeKind({ op, invokedMs, index, answeredMs }: Asked, clock: RecoveryClock): void {
    let attempts = this.#kinds.get(op);
    if (attempts === undefined) {
      attempts = { clock, isAnswered: false, firstInvokedMs: invokedMs, inVainMs: invokedMs, inVain: index };
      this.#kinds.set(op, attempts);
    }
    if (attempts.isAnswered) return;
    if (answeredMs !== Number.POSITIVE_INFINITY) attempts.isAnswered = true;
    else if (invokedMs < clock.endMs) {
      attempts.inVainMs = invokedMs;
      attempts.inVain = index;
    }
  }

  /** Adds what was found and returns the recovery time (ms), as far as it is known. */
  conclude(endMs: number, findings: Findings): number {
    const [name, rtoMs] = [this.#name, this.#rtoMs];
    if (this.#fault.healedMs === undefined) {
      findings.doubt(`${name} was ${this.#fault.healIndex === undefined ? 'never' : 'not proven'} healed`);
      return 0;
    }
    const { firstInvokedMs, answeredMs, events } = this.#taken();
    if (firstInvokedMs > this.#startMs + rtoMs) {
      findings.doubt(`no operation was invoked within ${rtoMs} ms after ${name} was healed`);
      return 0;
    }
    const isAgainUp = answeredMs !== Number.POSITIVE_INFINITY;
    const gapMs = Math.max(0, (isAgainUp ? answeredMs : endMs) - Math.max(this.#startMs, firstInvokedMs));
    if (gapMs > rtoMs) {
      const what = isAgainUp
        ? `the first answer came ${Math.ceil(gapMs)} ms`
        : `there was no answer for ${Math.ceil(gapMs)} ms`;
      this.#violate(findings, `${what} after it was healed`, events);
      return gapMs;
    }
    const kind = this.#kindInVain();
    if (kind !== undefined) {
      this.#violate(findings, `${kind.op} was still asked in vain ${kind.downMs} ms after it was healed`, [kind.event]);
    } else if (!isAgainUp) {
      findings.doubt(`the history ends ${Math.ceil(gapMs)} ms after ${name} was healed, before any answer`);
    }
    return gapMs;
  }

  /** A kind of operation that was still asked in vain when the objective was over, though others were answered. */
  #kindInVain(): { readonly op: string; readonly downMs: number; readonly event: number } | undefined {
    for (const [op, { clock, firstInvokedMs, inVainMs, inVain }] of this.#kinds) {
      const downMs = inVainMs - Math.max(clock.startMs, firstInvokedMs);
      if (downMs > this.#rtoMs) return { op, downMs: Math.ceil(downMs), event: inVain };
    }
    return undefined;
  }

  #violate(findings: Findings, what: string, events: readonly number[]): void {
    findings.violate(`${what}, objective ${this.#rtoMs} ms`, {
      entity: this.#name,
      hop: `client -> ${this.#fault.targets.join(', ')}`,
      events: [...this.#fault.events, ...events],
    });
  }
}
