import { describe, expect, it } from 'vitest';
import { failoverTrialOf, type ObservedFailover } from './assess-failover.ts';
import type { Attempt } from './attempt.ts';
import type { LogSighting } from './witness/testimony.ts';

const attempts: readonly Attempt[] = Array.from({ length: 600 }, (_, index) => {
  const startMs = index * 10;
  const isDown = startMs >= 2_000 && startMs < 4_000;
  return { startMs, endMs: startMs + 5, ...(isDown ? { error: 'refused' } : { id: `order-${index}` }) };
});
const zeroAtMs = 1_000_000;
const line = (atMs: number, resolutionMs = 1): LogSighting => ({
  ...{ component: 'mongodb-2', atMs: zeroAtMs + atMs, resolutionMs, line: 'said' },
});
const good: ObservedFailover = {
  attempts,
  baselineRate: 100,
  intervalMs: 10,
  zeroAtMs,
  faultMs: 1_999,
  proven: { atMs: 3_990, detail: 'mongodb-2 leads instead of mongodb-1' },
  leaderMs: 3_980,
  testimony: { detected: line(3_500), elected: line(3_950) },
  healMs: 5_000,
  healed: 'all are ready',
  observedMs: 6_000,
  stored: { missing: 0, unread: 0 },
};

describe('a failover', () => {
  it('has phases that add up, and no healing among them', () => {
    const trial = failoverTrialOf(1, good);
    expect(trial.unproven).toEqual([]);
    expect(trial.phasesMs).toEqual({
      'first-error': 6,
      'failure-detected': 1_495,
      'new-leader': 480,
      'first-ack': 25,
      'throughput-back': 0,
    });
    expect(trial.timesMs).toEqual({ 'first-ack': 2_006, 'throughput-back': 2_006, total: 2_006 });
    expect(trial).toMatchObject({ silenceMs: 2_006, witness: { newLeaderMs: 1_981, disagreements: [] } });
    expect(trial.witness?.elected?.atMs).toBe(1_951);
  });

  it('is not made longer by a harness that saw the new leader late', () => {
    const trial = failoverTrialOf(1, { ...good, leaderMs: 4_300, proven: { atMs: 4_300, detail: 'late' } });
    expect(trial.timesMs?.['first-ack']).toBe(2_006);
    expect(trial.phasesMs['new-leader']).toBe(505);
    expect(trial.witness?.disagreements).toEqual([
      { moment: 'new-leader', harnessMs: 2_301, logMs: 1_951, differenceMs: 350, log: 'mongodb-2' },
    ]);
  });

  it('does not quarrel with a log that tells whole seconds', () => {
    const coarse = (atMs: number) => failoverTrialOf(1, { ...good, testimony: { elected: line(atMs, 1_000) } });
    expect(coarse(3_000).witness?.disagreements).toEqual([]);
    expect(coarse(2_800).witness?.disagreements).toHaveLength(1);
    expect(coarse(4_200).witness?.disagreements).toHaveLength(1);
  });

  it('may be served before the dead node is healed, and by logs that say nothing', () => {
    const trial = failoverTrialOf(1, { ...good, testimony: {}, healMs: 5_900 });
    expect(trial.unproven).toEqual([]);
    expect(trial.phasesMs).not.toHaveProperty('failure-detected');
    expect(trial.witness).toEqual({ newLeaderMs: 1_981, disagreements: [] });
  });
});

const unharmed = attempts.map(({ startMs, endMs }) => ({ startMs, endMs, id: `${startMs}` }));

it.each<[string, Partial<ObservedFailover>]>([
  ['no evidence that the fault took effect: denied', { proven: undefined, faultError: 'denied' }],
  ['no evidence that the fault was healed', { healed: undefined }],
  ['no write failed and none was late', { attempts: unharmed }],
  ['no write was acknowledged after the fault', { attempts: attempts.filter(({ startMs }) => startMs < 4_000) }],
  ['the throughput did not come back', { baselineRate: 500 }],
  ['no write succeeded before the fault: refused', { baselineRate: 0 }],
  ['did not come to rest stuck: 3 sagas', { restless: 'stuck: 3 sagas' }],
])('measures nothing when: %s', (reason, seen) => {
  const trial = failoverTrialOf(1, { ...good, ...seen });
  expect(trial.timesMs).toBeUndefined();
  expect(trial.unproven.join('; ')).toContain(reason);
});

it('measures a silence without any error', () => {
  const held = attempts.map(({ startMs, endMs, id }) => ({
    startMs,
    endMs: id === undefined ? 4_003 : endMs,
    id: `${startMs}`,
  }));
  expect(failoverTrialOf(1, { ...good, attempts: held }).timesMs?.['first-ack']).toBe(2_004);
});
