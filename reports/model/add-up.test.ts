import { expect, it } from 'vitest';
import { addUp } from './add-up.ts';
import type { FaultSummary, InvariantSummary } from './run-report.ts';

const fault: FaultSummary = { id: '1', kind: 'kill', targets: ['order'], injectedAtMs: 5 };
const evidence = { kind: 'process', detail: 'gone' };
const verdict = (name: string, outcome: 'holds' | 'violated', counts: Record<string, number>): InvariantSummary => ({
  name,
  summary: '',
  verdict: { outcome, counts, violations: [] },
});

it('adds counts, keeps the longest time, and takes a fault for proven when it took effect and was healed', () => {
  const together = addUp([
    {
      faults: [
        { ...fault, effective: evidence, healed: evidence },
        { ...fault, effective: evidence },
      ],
      verdicts: [verdict('outbox', 'holds', { rows: 5 }), verdict('rto', 'holds', { faults: 2, longestMs: 900 })],
    },
    {
      faults: [{ ...fault, healed: evidence }],
      verdicts: [verdict('rto', 'violated', { faults: 1, longestMs: 700 }), verdict('outbox', 'holds', { rows: 7 })],
    },
  ]);
  expect(together).toEqual({
    faults: { injected: 3, proven: 1 },
    invariants: [
      { name: 'outbox', holds: 2, runs: 2, counts: { rows: 12 } },
      { name: 'rto', holds: 1, runs: 2, counts: { faults: 3, longestMs: 900 } },
    ],
  });
});

it('adds nothing up to nothing', () => {
  expect(addUp([])).toEqual({ faults: { injected: 0, proven: 0 }, invariants: [] });
});
