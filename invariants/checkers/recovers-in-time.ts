import { recoveryClock } from '../clauses/recovery-clock.ts';
import { RecoveryWatch } from '../clauses/recovery-watch.ts';
import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { faultWindows, touches } from '../model/fault-windows.ts';
import { Findings } from '../model/findings.ts';
import { isAnswered } from '../model/is-answered.ts';

/**
 * Per fault, a client is answered within the recovery time objective after the fault was proven healed. An answer counts when its operation was invoked after the heal began, so that one already on
 * its way proves nothing. Operations whose declared path the fault touches are taken; all, when none of those were
 * invoked in that time. The time runs from the first such invocation when that is later: who does not ask sees no outage; and
 * when another fault hits the same operations before it has run out, it runs from the healing of that one. One kind of operation
 * that answers does not stand for the others: none that the fault touches may still be asked in vain, without any answer so far,
 * after that time. Unknown without faults, and for a fault that was not proven healed, that nobody asked after, or after which the history ends too early.
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
      const clocks = new Map(own.map(([op, reach]) => [op, recoveryClock(fault, faults, [reach], rtoMs)]));
      const concerned = (own.length > 0 ? own : [...reaches]).map(([, reach]) => reach);
      return new RecoveryWatch(fault, recoveryClock(fault, faults, concerned, rtoMs).startMs, clocks, rtoMs);
    });
    showOperations(history, watches);
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

/** Shows every operation to the watches that it concerns. A watch leaves the round as soon as it is settled. */
function showOperations(history: History, watches: readonly RecoveryWatch[]): void {
  let waiting = watches.toSorted((a, b) => a.sinceIndex - b.sinceIndex);
  for (const [{ timeMs, index, input, op }, completion] of history.pairs()) {
    const [next] = waiting;
    if (next === undefined) return;
    if (next.sinceIndex > index) continue;
    const answeredMs =
      completion !== undefined && isAnswered(completion) ? completion.timeMs : Number.POSITIVE_INFINITY;
    const asked = { op, reach: input.reach, invokedMs: timeMs, index, answeredMs };
    waiting = waiting.filter((each) => !each.isSettled(timeMs));
    for (const each of waiting) {
      if (each.sinceIndex > index) break;
      each.see(asked);
    }
  }
}
