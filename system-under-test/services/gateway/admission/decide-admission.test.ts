import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Admission, decideArrival, decideEnd, decideLeave, NOBODY } from './decide-admission.ts';

const LIMITS = { maxRunning: 2, maxWaiting: 3 };
const arrival = (id: number, endsAtMs = 10_000) => ({ id, endsAtMs });
const busy = (changes: Partial<Admission> = {}): Admission => ({ ...NOBODY, running: 2, ...changes });

describe('admission', () => {
  it('runs what there is room for, lets some wait, and refuses the rest', () => {
    let admission = NOBODY;
    const verdicts = [1, 2, 3, 4, 5, 6].map((id) => {
      const decision = decideArrival(admission, arrival(id), 0, LIMITS);
      admission = decision.admission;
      return decision.verdict;
    });
    expect(verdicts).toEqual(['run', 'run', 'wait', 'wait', 'wait', 'refuse']);
  });

  it('refuses at once whoever could not be answered in time, and says when to come again', () => {
    const slow = busy({ waiting: [arrival(1), arrival(2)], meanMs: 400 });
    expect(decideArrival(slow, arrival(3, 1_100), 0, LIMITS)).toMatchObject({ verdict: 'refuse', retryAfterMs: 800 });
    expect(decideArrival(slow, arrival(3, 1_200), 0, LIMITS)).toMatchObject({ verdict: 'wait' });
  });

  it('gives a place to the first that still has time', () => {
    const waiting = [arrival(1, 40), arrival(2, 90), arrival(3, 90)];
    expect(decideEnd(busy({ waiting }), 10, 50)).toEqual({
      admission: { running: 2, waiting: [arrival(3, 90)], meanMs: 10 },
      next: arrival(2, 90),
      expired: [arrival(1, 40)],
    });
  });

  it('learns how long a request takes', () => {
    let admission: Admission = busy({ meanMs: 1_000 });
    for (let i = 0; i < 50; i += 1) admission = decideEnd({ ...admission, running: 2 }, 10, 0).admission;
    expect(admission.meanMs).toBeLessThan(30);
  });

  it('never runs or keeps more than it may, and forgets nobody', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('arrive' as const), timeMs: fc.nat(100) }),
      fc.record({ kind: fc.constant('end' as const), tookMs: fc.nat(50) }),
      fc.constant({ kind: 'leave' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let admission = NOBODY;
        let nowMs = 0;
        const inside = new Set<number>();
        let running = 0;
        steps.forEach((next, id) => {
          nowMs += 7;
          if (next.kind === 'arrive') {
            const decision = decideArrival(admission, arrival(id, nowMs + next.timeMs), nowMs, LIMITS);
            admission = decision.admission;
            if (decision.verdict === 'run') running += 1;
            if (decision.verdict === 'wait') inside.add(id);
          } else if (next.kind === 'leave') {
            const [first] = inside;
            if (first === undefined) return;
            inside.delete(first);
            admission = decideLeave(admission, first);
          } else if (running > 0) {
            const decision = decideEnd(admission, next.tookMs, nowMs);
            admission = decision.admission;
            for (const { id: gone } of decision.expired) expect(inside.delete(gone)).toBe(true);
            if (decision.next === undefined) running -= 1;
            else expect(inside.delete(decision.next.id)).toBe(true);
          }
          expect(admission.running).toBe(running);
          expect(admission.waiting.map((waiting) => waiting.id)).toEqual([...inside]);
          expect(running).toBeLessThanOrEqual(LIMITS.maxRunning);
          expect(inside.size).toBeLessThanOrEqual(LIMITS.maxWaiting);
          // Nobody waits beside a free place.
          expect(inside.size === 0 || running === LIMITS.maxRunning).toBe(true);
        });
      }),
    );
  });
});
