import { expect, it } from 'vitest';
import { type Observed, trialOf } from './assess-trial.ts';
import type { Attempt } from './attempt.ts';

const attempts: readonly Attempt[] = Array.from({ length: 600 }, (_, index) => {
  const startMs = index * 10;
  const isDown = startMs >= 2_000 && startMs < 4_000;
  return { startMs, endMs: startMs + 5, ...(isDown ? { error: 'refused' } : { id: `order-${index}` }) };
});
const good: Observed = {
  attempts,
  baselineRate: 100,
  faultMs: 1_999,
  proven: { atMs: 2_050, detail: 'pid 1 is gone' },
  healMs: 3_050,
  healed: 'pid 2 instead of 1',
  observedMs: 6_000,
  leavesBacklog: true,
  drainedMs: 6_500,
  stored: { missing: 0, unread: 0 },
};

it('measures a recovery whose phases add up', () => {
  const trial = trialOf(1, good);
  expect(trial.unproven).toEqual([]);
  expect(trial.phasesMs).toEqual({
    'first-error': 6,
    'fault-proven': 45,
    'heal-begun': 1_000,
    'first-ack': 955,
    'throughput-back': 0,
    'backlog-drained': 2_495,
  });
  expect(trial.timesMs).toEqual({ 'first-ack': 2_006, 'throughput-back': 2_006, total: 4_501 });
  expect(trial.writes).toEqual({ acknowledged: 400, failed: 200, missing: 0, unread: 0 });
});

it.each<[string, Partial<Observed>]>([
  ['no evidence that the fault took effect: denied', { proven: undefined, faultError: 'denied' }],
  ['no evidence that the fault was healed', { healed: undefined }],
  ['no write failed', { attempts: attempts.filter(({ id }) => id !== undefined) }],
  ['no write was acknowledged after the fault', { attempts: attempts.filter(({ startMs }) => startMs < 4_000) }],
  ['the component was not needed', { healMs: 4_500 }],
  ['the throughput did not come back', { baselineRate: 500 }],
  ['no write succeeded before the fault: refused', { baselineRate: 0 }],
  ['did not come to rest stuck: 3 sagas', { restless: 'stuck: 3 sagas', drainedMs: undefined }],
])('measures nothing when: %s', (reason, seen) => {
  const trial = trialOf(1, { ...good, ...seen });
  expect(trial.timesMs).toBeUndefined();
  expect(trial.unproven.join('; ')).toContain(reason);
});

it('takes writes that others acknowledge for no recovery when an instance is taken over', () => {
  const seen = { ...good, isTakeover: true, healMs: 4_500 };
  const { unproven, phasesMs, timesMs } = trialOf(1, seen);
  expect(unproven).toEqual([]);
  expect(phasesMs['heal-begun']).toBeUndefined();
  expect(timesMs?.['first-ack']).toBe(2_006);
  expect(trialOf(1, { ...seen, healMs: 3_050 }).unproven.join()).toContain('longer --down');
});

it('does not take a write that was never looked for as stored', () => {
  const { stored: _, ...unread } = good;
  expect(trialOf(1, unread).writes.unread).toBe(400);
});
