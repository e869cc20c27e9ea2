import { expect, it } from 'vitest';
import { compareResults } from '#scenarios/rto/compare-results.ts';
import { resultOf } from '#scenarios/rto/measure-recovery.ts';
import type { Trial } from '#scenarios/rto/recovery-result.ts';
import { SAMPLE_PLAN } from '#scenarios/rto/testing/sample-plan.ts';
import { histogramLines } from './histogram-lines.ts';
import { comparisonLines, recoveryLines, trialLine } from './recovery-lines.ts';

const trial: Trial = {
  trial: 1,
  baselineRate: 40,
  phasesMs: { 'first-error': 10, 'first-ack': 1_490, 'backlog-drained': 500 },
  timesMs: { 'first-ack': 1_500, 'throughput-back': 1_500, total: 2_000 },
  writes: { acknowledged: 90, failed: 9, missing: 2, unread: 0 },
  unproven: [],
};
const plan = { ...SAMPLE_PLAN, seed: 1 };

it('draws every sample once, the tallest bucket at full width', () => {
  const lines = histogramLines([100, 101, 102, 900]);
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe(`        100-201 ms ${'█'.repeat(40)} 3`);
  expect(lines.at(-1)).toContain(`${'█'.repeat(14)} 1`);
  expect(histogramLines([5])).toEqual([`            5-6 ms ${'█'.repeat(40)} 1`]);
  expect(histogramLines([])).toEqual([]);
});

it('tells phases, losses and what is not judged alike', () => {
  expect(trialLine(trial)).toBe(
    'trial 1: first ack after 1500 ms, total 2000 ms (first-error 10 + first-ack 1490 + backlog-drained 500), 2 of 90 writes missing',
  );
  const { timesMs: _, ...unmeasured } = trial;
  expect(trialLine({ ...unmeasured, unproven: ['no write failed'] })).toContain('NOTHING MEASURED: no write failed');
  const result = resultOf(plan, [trial], '2026-01-01', undefined);
  const text = recoveryLines(result).join('\n');
  for (const part of ['RPO: 2 of 90', 'VIOLATED', 'restart recovery, not failover', '1500 ms [1500, 1500]']) {
    expect(text).toContain(part);
  }
  const other = resultOf({ ...plan, downMs: 0 }, [trial], '2026-01-02', undefined);
  const compared = comparisonLines(result, other, compareResults(result, other)).join('\n');
  expect(compared).toContain('NOT ALIKE: downMs was 1000, is 0');
  expect(compared).toContain('total p95');
});

it('does not take a measurement with another publisher for alike, nor one that does not say which', () => {
  const relay = resultOf(plan, [trial], '2026-01-01', undefined);
  const debezium = resultOf({ ...plan, publisher: 'debezium' }, [trial], '2026-01-02', undefined);
  expect(comparisonLines(relay, debezium, []).join('\n')).toContain('NOT ALIKE: publisher was relay, is debezium');
  const { publisher: _, ...older } = relay;
  expect(comparisonLines(older, relay, []).join('\n')).toContain('publisher was not recorded, is relay');
  expect(comparisonLines(relay, relay, []).join('\n')).not.toContain('NOT ALIKE');
});

it('tells a failover from a restart, what two witnesses say of it, and with which detection times', () => {
  const cluster = {
    ...plan,
    topology: 'cluster',
    failover: { engine: 'postgres', detection: 'default' },
  } as const;
  const line = { component: 'postgres-2', atMs: 2_810, resolutionMs: 1, line: 'promoted self to leader' } as const;
  const agreed: Trial = { ...trial, witness: { newLeaderMs: 2_824, elected: line, disagreements: [] } };
  const disagreement = { harnessMs: 3_000, logMs: 2_810, differenceMs: 190, log: 'postgres-2' } as const;
  const disagreed: Trial = {
    ...trial,
    trial: 2,
    witness: { newLeaderMs: 3_000, elected: line, disagreements: [{ moment: 'new-leader', ...disagreement }] },
  };
  const result = resultOf(cluster, [agreed, disagreed], '2026-01-01', undefined);
  const text = recoveryLines(result).join('\n');
  for (const part of [
    "failover with the servers' own default detection times",
    '1 of 2 trials agree within 100 ms',
    'DISAGREEMENT in trial 2: new-leader after 3000 ms for the harness, 2810 ms by the log of postgres-2',
  ]) {
    expect(text).toContain(part);
  }
  const tuned = { ...cluster, failover: { engine: 'postgres', detection: 'fast' } } as const;
  const other = resultOf(tuned, [agreed], '2026-01-02', undefined);
  expect(comparisonLines(result, other, []).join('\n')).toContain('NOT ALIKE: detection was default, is fast');
});

it('says how fine the times of a log are', () => {
  const line = { component: 'redis-2', atMs: 2_000, resolutionMs: 1_000, line: 'won' } as const;
  const told: Trial = { ...trial, witness: { newLeaderMs: 2_824, elected: line, disagreements: [] } };
  expect(recoveryLines(resultOf(plan, [told], '', undefined)).join('\n')).toContain('only as fine as 1000 ms');
});
