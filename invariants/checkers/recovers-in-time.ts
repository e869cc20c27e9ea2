import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { type FaultWindow, faultWindows, touches } from '../model/fault-windows.ts';
import { Findings } from '../model/findings.ts';
import { isAnswered } from '../model/is-answered.ts';

/**
 * Per fault, a client is answered within the recovery time objective after the fault was proven healed (`healed`; `heal`
 * when that is missing). An answer counts when its operation was invoked after the heal began, so that one already on
 * its way proves nothing. Operations whose declared path the fault touches are taken; all, when none of those were
 * invoked in that time. The time runs from the first such invocation when that is later: who does not ask sees no outage; and
 * when another fault hits the same operations before it has run out, it runs from the healing of that one. One kind of operation
 * that answers does not stand for the others: none that the fault touches may still be asked in vain, without any answer so far,
 * after that time. Unknown without faults, and for a fault that was not healed, that nobody asked after, or after which the history ends too early.
 */
export const recoversInTime = defineInvariant({
  name: 'recovers-in-time',
  summary: 'after each fault, operations succeed again within the recovery time objective',
  needs: [],
  check(history, _harvest, { rtoMs }) {
    const findings = new Findings();
    const faults = faultWindows(history);
    const reaches = declaredReaches(history);
    let endMs = 0;
    for (const event of history) endMs = event.timeMs;
    const watches = faults.map((fault) => {
      const own = [...reaches].filter(([, reach]) => touches(fault.targets, reach));
      const clocks = new Map(own.map(([op, reach]) => [op, clockOf(fault, faults, [reach], rtoMs)]));
      const concerned = (own.length > 0 ? own : [...reaches]).map(([, reach]) => reach);
      return new Watch(fault, clockOf(fault, faults, concerned, rtoMs).startMs, clocks, rtoMs);
    });
    watch(history, watches);
    let longestMs = 0;
    for (const each of watches) longestMs = Math.max(longestMs, each.conclude(endMs, findings));
    const counts = { faults: faults.length, longestMs: Math.ceil(longestMs), rtoMs };
    return findings.verdict(counts, faults.length, 'no fault was injected');
  },
});

/** The path that each kind of operation declares; an operation has one path, whoever invokes it. */
function declaredReaches(history: History): ReadonlyMap<string, unknown> {
  const reaches = new Map<string, unknown>();
  for (const [{ op, input }] of history.pairs()) if (!reaches.has(op)) reaches.set(op, input.reach);
  return reaches;
}

/** When the recovery from a fault can be measured (ms): another fault on the same operations postpones it, a later one ends it. */
interface Clock {
  readonly startMs: number;
  readonly endMs: number;
}

/** `concerned`: the paths of the operations that are looked at. */
function clockOf(fault: FaultWindow, all: readonly FaultWindow[], concerned: readonly unknown[], rtoMs: number): Clock {
  const others = all.filter((other) => other !== fault && concerned.some((reach) => touches(other.targets, reach)));
  let startMs = fault.healedMs ?? fault.healMs ?? Number.POSITIVE_INFINITY;
  for (const other of others.toSorted((a, b) => a.injectMs - b.injectMs)) {
    if (other.injectMs > startMs + rtoMs) return { startMs, endMs: other.injectMs };
    startMs = Math.max(startMs, other.healedMs ?? other.healMs ?? other.injectMs);
  }
  return { startMs, endMs: Number.POSITIVE_INFINITY };
}

/** What is known about the operations after one fault. */
class Answers {
  firstInvokedMs = Number.POSITIVE_INFINITY;
  answeredMs = Number.POSITIVE_INFINITY;
  readonly events: number[] = [];

  see(invokedMs: number, invocation: number, answeredMs: number): void {
    this.firstInvokedMs = Math.min(this.firstInvokedMs, invokedMs);
    this.answeredMs = Math.min(this.answeredMs, answeredMs);
    if (this.events.length < 10) this.events.push(invocation);
  }
}

/** What is known about one kind of operation until it is answered. */
interface Attempts {
  readonly clock: Clock;
  isAnswered: boolean;
  readonly firstInvokedMs: number;
  /** The last one that was not answered, and its event. */
  inVainMs: number;
  inVain: number;
}

/** Gathers the evidence about one fault. */
class Watch {
  readonly fault: FaultWindow;
  readonly rtoMs: number;
  /** Operations that are invoked after this event count. */
  readonly sinceIndex: number;
  /** The clock runs from here on. */
  readonly startMs: number;
  /** Of each kind of operation that the fault touches: faults that touch only others do not postpone it. */
  readonly clocks: ReadonlyMap<string, Clock>;
  readonly kinds = new Map<string, Attempts>();
  readonly touched = new Answers();
  readonly any = new Answers();

  constructor(fault: FaultWindow, startMs: number, clocks: ReadonlyMap<string, Clock>, rtoMs: number) {
    this.fault = fault;
    this.rtoMs = rtoMs;
    this.startMs = startMs;
    this.clocks = clocks;
    this.sinceIndex = fault.healIndex ?? Number.POSITIVE_INFINITY;
  }

  #taken(): Answers {
    return this.touched.firstInvokedMs <= this.startMs + this.rtoMs ? this.touched : this.any;
  }

  /** Whether operations invoked from `timeMs` on can no longer change the finding. */
  isSettled(timeMs: number): boolean {
    if (timeMs <= this.startMs + this.rtoMs || this.#taken().answeredMs > timeMs) return false;
    return this.kinds.values().every(({ isAnswered, clock }) => isAnswered || timeMs >= clock.endMs);
  }

  /** Takes an operation that the fault touches. */
  see(op: string, timeMs: number, index: number, answeredMs: number): void {
    this.touched.see(timeMs, index, answeredMs);
    const clock = this.clocks.get(op);
    if (clock === undefined) return;
    let attempts = this.kinds.get(op);
    if (attempts === undefined) {
      attempts = { clock, isAnswered: false, firstInvokedMs: timeMs, inVainMs: timeMs, inVain: index };
      this.kinds.set(op, attempts);
    }
    if (attempts.isAnswered) return;
    if (answeredMs !== Number.POSITIVE_INFINITY) attempts.isAnswered = true;
    else if (timeMs < clock.endMs) {
      attempts.inVainMs = timeMs;
      attempts.inVain = index;
    }
  }

  /** Adds what was found and returns the recovery time (ms), as far as it is known. */
  conclude(endMs: number, findings: Findings): number {
    const { fault, rtoMs } = this;
    const name = `fault ${fault.fault} (${fault.kind} of ${fault.targets.join(', ')})`;
    if (this.sinceIndex === Number.POSITIVE_INFINITY) {
      findings.doubt(`${name} was never healed`);
      return 0;
    }
    const { firstInvokedMs, answeredMs, events } = this.#taken();
    if (firstInvokedMs > this.startMs + rtoMs) {
      findings.doubt(`no operation was invoked within ${rtoMs} ms after ${name} was healed`);
      return 0;
    }
    const isAgainUp = answeredMs !== Number.POSITIVE_INFINITY;
    const gapMs = Math.max(0, (isAgainUp ? answeredMs : endMs) - Math.max(this.startMs, firstInvokedMs));
    if (gapMs > rtoMs) {
      const what = isAgainUp
        ? `the first answer came ${Math.ceil(gapMs)} ms`
        : `there was no answer for ${Math.ceil(gapMs)} ms`;
      findings.violate(`${what} after it was healed, objective ${rtoMs} ms`, {
        entity: name,
        hop: `client -> ${fault.targets.join(', ')}`,
        events: [...fault.events, ...events],
      });
    } else if (this.#isKindInVain(name, findings)) {
      return gapMs;
    } else if (!isAgainUp) {
      findings.doubt(`the history ends ${Math.ceil(gapMs)} ms after ${name} was healed, before any answer`);
    }
    return gapMs;
  }

  /** Whether a kind of operation was still asked in vain when the objective was over, though others were answered. */
  #isKindInVain(name: string, findings: Findings): boolean {
    const { fault, rtoMs } = this;
    for (const [op, { clock, firstInvokedMs, inVainMs, inVain }] of this.kinds) {
      const downMs = inVainMs - Math.max(clock.startMs, firstInvokedMs);
      if (downMs <= rtoMs) continue;
      findings.violate(
        `${op} was still asked in vain ${Math.ceil(downMs)} ms after it was healed, objective ${rtoMs} ms`,
        {
          entity: name,
          hop: `client -> ${fault.targets.join(', ')}`,
          events: [...fault.events, inVain],
        },
      );
      return true;
    }
    return false;
  }
}

/** Shows every operation to the watches that it concerns. A watch leaves the round as soon as it is settled. */
function watch(history: History, watches: readonly Watch[]): void {
  let waiting = watches.toSorted((a, b) => a.sinceIndex - b.sinceIndex);
  for (const [{ timeMs, index, input, op }, completion] of history.pairs()) {
    const [next] = waiting;
    if (next === undefined) return;
    if (next.sinceIndex > index) continue;
    const answeredMs =
      completion !== undefined && isAnswered(completion) ? completion.timeMs : Number.POSITIVE_INFINITY;
    waiting = waiting.filter((each) => !each.isSettled(timeMs));
    for (const each of waiting) {
      if (each.sinceIndex > index) break;
      each.any.see(timeMs, index, answeredMs);
      if (touches(each.fault.targets, input.reach)) each.see(op, timeMs, index, answeredMs);
    }
  }
}
