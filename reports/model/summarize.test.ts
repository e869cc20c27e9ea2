import { describe, expect, it } from 'vitest';
import { holding, sampleHistory, sampleRecord, sampleReport, undecided, violating } from '../testing/sample-reports.ts';
import { summarize } from './summarize.ts';

describe('summarize', () => {
  it('counts operations, phases and the life of each fault', () => {
    const report = sampleReport(holding, holding);
    expect(report.operations).toEqual([{ op: 'place-order', ok: 1, fail: 0, info: 0, p50Ms: 100, p99Ms: 100 }]);
    expect(report.phases).toEqual([{ name: 'storm', durationMs: 700, busy: 0.974 }]);
    expect(report.faults).toEqual([
      {
        id: 'f1',
        kind: 'kill',
        targets: ['orchestrator'],
        injectedAtMs: 300,
        effective: { kind: 'pid-dead', detail: 'pid 12 is gone' },
        healedAtMs: 600,
        healed: { kind: 'ready', detail: 'pid 13 answers' },
      },
    ]);
  });

  it.each([
    ['holds', 0, sampleReport(holding, holding)],
    ['violated', 1, sampleReport(violating, undecided, ['a fault without proof'])],
    ['inconclusive', 3, sampleReport(holding, undecided)],
    ['inconclusive', 3, sampleReport(holding, holding, ['a fault without proof'])],
  ] as const)('ends as %s with exit code %i', (outcome, exitCode, report) => {
    expect([report.outcome, report.exitCode]).toEqual([outcome, exitCode]);
  });

  it('never holds without verdicts', () => {
    expect(summarize(sampleRecord, sampleHistory, { verdicts: [], inconclusive: [] }, 'x').outcome).toBe(
      'inconclusive',
    );
  });

  it('calls a failed steady state an environment error, and an interruption by its name', () => {
    const failed = {
      type: 'phase',
      phase: 'steady-state',
      state: 'failed',
      detail: 'no order',
      index: 0,
      timeMs: 1,
    } as const;
    const interrupted = { type: 'observation', kind: 'interrupted', values: {}, index: 1, timeMs: 2 } as const;
    const findings = { verdicts: [], inconclusive: [] };
    expect(summarize(sampleRecord, [failed], findings, 'x').outcome).toBe('environment-error');
    expect(summarize(sampleRecord, [failed, interrupted], findings, 'x').outcome).toBe('interrupted');
  });
});
