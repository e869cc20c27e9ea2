import type { Completion, Invocation } from '../history/event.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { type FaultWindow, faultWindows, touches } from '../model/fault-windows.ts';
import { Findings } from '../model/findings.ts';
import { isAnswered } from '../model/is-answered.ts';
import { LatencyHistogram } from '../model/latency-histogram.ts';

const SLOWEST_SHARE = 0.01;
const LISTED_EVENTS = 20;

/**
 * Operations that no fault can excuse succeed at the promised rate and speed. A fault excuses the operations whose declared path it
 * touches (`input.reach`; none declared = touched by everything) from its injection until it was healed plus the
 * recovery time objective. Judged are two groups: operations that no fault excuses, and those outside all faults' time. An answer is
 * a success when it is `ok` or a refusal by the system's rules (4xx but 408 and 429): the service was up. An operation that is open at the end
 * counts as failed once it is older than the objective. p99 is kept when at most 1 % are slower than allowed. Unknown without such operations.
 */
export const serviceStaysUp = defineInvariant({
  name: 'service-stays-up',
  summary: "success rate and p99 of operations that no fault touches stay within the scenario's promise",
  needs: [],
  check(history, _harvest, { rtoMs, minSuccessRate, maxP99Ms }) {
    const findings = new Findings();
    const excuses = new Excuses(faultWindows(history), rtoMs);
    const untouched = new Group('operations that no fault touches', maxP99Ms);
    const quiet = new Group('operations outside all faults', maxP99Ms);
    let endMs = 0;
    for (const event of history) endMs = event.timeMs;
    for (const [invocation, completion] of history.pairs()) {
      if (completion === undefined && endMs - invocation.timeMs <= rtoMs) continue;
      const during = excuses.during(invocation.timeMs, completion?.timeMs ?? endMs);
      if (during.length === 0) quiet.add(invocation, completion);
      else if (during.some((fault) => touches(fault.targets, invocation.input.reach))) continue;
      untouched.add(invocation, completion);
    }
    untouched.check(minSuccessRate, findings);
    quiet.check(minSuccessRate, findings);
    const counts = {
      operations: untouched.total,
      failed: untouched.failed,
      p99Ms: Math.round(untouched.latencies.quantile(0.99)),
      outsideFaults: quiet.total,
      failedOutsideFaults: quiet.failed,
    };
    return findings.verdict(counts, untouched.total, 'no operation was free from every fault');
  },
});

/** Operations judged together. */
class Group {
  readonly name: string;
  readonly maxP99Ms: number;
  readonly latencies = new LatencyHistogram();
  readonly #failures: number[] = [];
  readonly #slow: number[] = [];
  total = 0;
  failed = 0;
  slow = 0;

  constructor(name: string, maxP99Ms: number) {
    this.name = name;
    this.maxP99Ms = maxP99Ms;
  }

  add(invocation: Invocation, completion: Completion | undefined): void {
    this.total += 1;
    if (completion === undefined || !isAnswered(completion)) {
      this.failed += 1;
      if (this.#failures.length < LISTED_EVENTS) this.#failures.push(completion?.index ?? invocation.index);
      return;
    }
    const latencyMs = completion.timeMs - invocation.timeMs;
    this.latencies.add(latencyMs);
    if (latencyMs <= this.maxP99Ms) return;
    this.slow += 1;
    if (this.#slow.length < LISTED_EVENTS) this.#slow.push(completion.index);
  }

  check(minSuccessRate: number, findings: Findings): void {
    const place = { entity: this.name, hop: 'client -> gateway' };
    if (this.total > 0 && this.total - this.failed < minSuccessRate * this.total) {
      const rate = ((this.total - this.failed) / this.total).toFixed(4);
      const message = `${this.failed} of ${this.total} failed: success rate ${rate}, promised ${minSuccessRate}`;
      findings.violate(message, { ...place, events: this.#failures });
    }
    if (this.slow > SLOWEST_SHARE * this.latencies.count) {
      const p99Ms = Math.round(this.latencies.quantile(1 - SLOWEST_SHARE));
      const message = `${this.slow} of ${this.latencies.count} took longer than ${this.maxP99Ms} ms (p99 ${p99Ms} ms)`;
      findings.violate(message, { ...place, events: this.#slow });
    }
  }
}

const NONE: readonly FaultWindow[] = [];

/** Which faults may have disturbed an operation. Ask in ascending order of the start. */
class Excuses {
  readonly #rtoMs: number;
  #waiting: readonly FaultWindow[];

  constructor(faults: readonly FaultWindow[], rtoMs: number) {
    this.#rtoMs = rtoMs;
    this.#waiting = faults.toSorted((a, b) => a.injectMs - b.injectMs);
  }

  during(fromMs: number, toMs: number): readonly FaultWindow[] {
    const [first] = this.#waiting;
    if (first === undefined || first.injectMs > toMs) return NONE;
    const isOver = (fault: FaultWindow): boolean => this.#endMs(fault) < fromMs;
    if (this.#waiting.some(isOver)) this.#waiting = this.#waiting.filter((fault) => !isOver(fault));
    return this.#waiting.filter((fault) => fault.injectMs <= toMs);
  }

  #endMs(fault: FaultWindow): number {
    return fault.healedMs === undefined ? Number.POSITIVE_INFINITY : fault.healedMs + this.#rtoMs;
  }
}
