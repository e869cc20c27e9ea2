import type { Event, UnstampedEvent } from '#invariants/history/event.ts';
import type { Verdict } from '#invariants/model/verdict.ts';
import type { RunRecord, RunReport } from '../model/run-report.ts';
import { summarize } from '../model/summarize.ts';

export const sampleRecord: RunRecord = {
  formatVersion: 1,
  runId: 'r-1',
  scenario: 'saga-recovery',
  summary: 'a sample',
  topology: 'compact',
  publisher: 'relay',
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  versions: { kafka: '4.3.1 (cache)' },
  invariants: ['no-double-charge', 'every-saga-ends'],
  objectives: { rtoMs: 10_000, minSuccessRate: 0.99, maxP99Ms: 2_000 },
  repeat: 'npx chaos run saga-recovery --seed 7',
};

const STEPS: readonly UnstampedEvent[] = [
  { type: 'phase', phase: 'storm', state: 'begin' },
  { type: 'invoke', process: 0, op: 'place-order', input: {} },
  { type: 'ok', process: 0, op: 'place-order', invocation: 1, output: { order_id: 'o1' } },
  { type: 'fault', phase: 'inject', fault: 'f1', kind: 'kill', targets: ['orchestrator'] },
  {
    type: 'fault',
    phase: 'effective',
    fault: 'f1',
    kind: 'kill',
    targets: ['orchestrator'],
    evidence: { kind: 'pid-dead', detail: 'pid 12 is gone' },
  },
  { type: 'fault', phase: 'heal', fault: 'f1', kind: 'kill', targets: ['orchestrator'] },
  {
    type: 'fault',
    phase: 'healed',
    fault: 'f1',
    kind: 'kill',
    targets: ['orchestrator'],
    evidence: { kind: 'ready', detail: 'pid 13 answers' },
  },
  { type: 'phase', phase: 'storm', state: 'end', busy: 0.974 },
];

/** A short history, 100 ms between events. */
export const sampleHistory: readonly Event[] = STEPS.map(
  (step, index) => ({ ...step, index, timeMs: index * 100 }) as Event,
);

export const holding: Verdict = { outcome: 'holds', violations: [], counts: { orders: 1 } };
export const violating: Verdict = {
  outcome: 'violated',
  violations: [
    { entity: 'order o1', message: 'captured twice: 2 × 19.99 & "more"', hop: 'payment -> acquirer', events: [1, 2] },
  ],
  counts: { orders: 1, violations: 1 },
};
export const undecided: Verdict = { outcome: 'unknown', violations: [], counts: {}, reason: 'no saga was seen' };

/** A report with the given verdicts for the two invariants of the sample record. */
export function sampleReport(first: Verdict, second: Verdict, inconclusive: readonly string[] = []): RunReport {
  const verdicts = [
    { name: 'no-double-charge', summary: 'one net capture per order', verdict: first },
    { name: 'every-saga-ends', summary: 'every saga ends', verdict: second },
  ];
  return summarize(sampleRecord, sampleHistory, { verdicts, inconclusive }, '.chaos/runs/r-1');
}
