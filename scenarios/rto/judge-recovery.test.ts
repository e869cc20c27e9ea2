import { describe, expect, it } from 'vitest';
import { compareResults } from './compare-results.ts';
import { judgeRecovery } from './judge-recovery.ts';
import { resultOf } from './measure-recovery.ts';
import { recoveryResultSchema, type Trial } from './recovery-result.ts';
import { SAMPLE_PLAN } from './testing/sample-plan.ts';

const measured = (trial: number, firstAckMs: number, writes: Partial<Trial['writes']> = {}): Trial => ({
  trial,
  baselineRate: 40,
  evidence: 'pid 1 is gone',
  healedEvidence: 'pid 2 instead of 1',
  phasesMs: { 'first-error': 10, 'first-ack': firstAckMs - 10, 'throughput-back': 100, 'backlog-drained': 400 },
  timesMs: { 'first-ack': firstAckMs, 'throughput-back': firstAckMs + 100, total: firstAckMs + 500 },
  writes: { acknowledged: 100, failed: 20, missing: 0, unread: 0, ...writes },
  unproven: [],
});
const nothing: Trial = {
  trial: 9,
  baselineRate: 40,
  phasesMs: {},
  writes: { acknowledged: 0, failed: 0, missing: 0, unread: 0 },
  unproven: ['no write failed'],
};
const trials = [1_000, 1_200, 1_100, 4_000].map((firstAckMs, index) => measured(index + 1, firstAckMs));
const objective = { metric: 'first-ack', quantile: 0.95, maxMs: 3_000 } as const;

describe('the gate', () => {
  it('is passed by the quantile at the bound, and not by one above', () => {
    expect(judgeRecovery(trials, true, { ...objective, maxMs: 4_000 }).outcome).toBe('holds');
    const judged = judgeRecovery(trials, true, objective);
    expect(judged.outcome).toBe('violated');
    expect(judged.reasons).toEqual(['first-ack at quantile 0.95 is 4000 ms, allowed 3000 ms']);
    expect(judgeRecovery(trials, true, { ...objective, quantile: 0.75 }).outcome).toBe('holds');
    expect(judgeRecovery(trials, true, { ...objective, quantile: 0.5, metric: 'total', maxMs: 1_500 }).outcome).toBe(
      'violated',
    );
  });

  it('is not decided while a trial has measured nothing', () => {
    for (const one of [objective, { ...objective, maxMs: 9_000 }, undefined]) {
      const judged = judgeRecovery([...trials, nothing], true, one);
      expect(judged.outcome).toBe('inconclusive');
      expect(judged.reasons).toEqual(['trial 9: no write failed']);
    }
    expect(judgeRecovery([], true, undefined).outcome).toBe('inconclusive');
  });
});

describe('acknowledged writes', () => {
  it('that are missing violate, also beside doubts, unless they may be lost', () => {
    const lossy = [...trials, measured(5, 1_000, { missing: 2 }), nothing];
    expect(judgeRecovery(lossy, true, undefined)).toMatchObject({ outcome: 'violated', rpo: { missing: 2 } });
    expect(judgeRecovery(lossy.slice(0, 5), false, undefined)).toMatchObject({ outcome: 'holds', rpo: { missing: 2 } });
  });

  it('that could not be read back prove nothing', () => {
    expect(judgeRecovery([measured(1, 1_000, { unread: 1 })], true, undefined).outcome).toBe('inconclusive');
  });
});

const plan = { ...SAMPLE_PLAN, trials: 4 };

it('makes a result that survives being saved, the same for the same seed', () => {
  const result = resultOf(plan, trials, '2026-01-01T00:00:00.000Z', objective);
  expect(recoveryResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(resultOf(plan, trials, '2026-01-01T00:00:00.000Z', objective)).toEqual(result);
  expect(resultOf(plan, [nothing], '', undefined).metrics).toBeUndefined();
});

it('compares two results', () => {
  const of = (timesMs: readonly number[]) =>
    resultOf(
      plan,
      timesMs.map((t, i) => measured(i + 1, t)),
      '',
      undefined,
    );
  const slow = of([2_000, 2_010, 2_020, 2_030, 2_040]);
  const fast = of([1_000, 1_010, 1_020, 1_030, 1_040]);
  expect(new Set(compareResults(slow, fast).map(({ verdict }) => verdict))).toEqual(new Set(['faster']));
  expect(new Set(compareResults(fast, slow).map(({ verdict }) => verdict))).toEqual(new Set(['slower']));
  expect(new Set(compareResults(fast, fast).map(({ verdict }) => verdict))).toEqual(new Set(['unclear']));
  expect(compareResults(fast, resultOf(plan, [nothing], '', undefined))).toEqual([]);
});
