import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALL_PHASES, FAILOVER_PHASES, phasesOf, RECOVERY_PHASES, timeUntil } from './phases.ts';

it('cuts the time since the fault at its moments', () => {
  const phases = phasesOf(100, {
    'first-error': 110,
    'fault-proven': 130,
    'heal-begun': 1_130,
    'first-ack': 2_000,
    'throughput-back': 2_500,
    'backlog-drained': 4_000,
  });
  expect(Object.values(phases)).toEqual([10, 20, 1_000, 870, 500, 1_500]);
  expect(timeUntil(phases, 'first-ack')).toBe(1_900);
  expect(timeUntil(phases, 'backlog-drained')).toBe(3_900);
});

it('leaves out what does not apply, and gives no phase to what came earlier', () => {
  const phases = phasesOf(0, { 'first-error': 50, 'fault-proven': 20, 'heal-begun': 60, 'first-ack': 100 });
  expect(phases).toEqual({ 'first-error': 50, 'fault-proven': 0, 'heal-begun': 10, 'first-ack': 40 });
});

it('has phases that are never negative and add up to the time until the last moment', () => {
  const moment = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.tuple(...ALL_PHASES.map(() => moment)), (times) => {
      const phases = phasesOf(0, Object.fromEntries(ALL_PHASES.map((phase, index) => [phase, times[index]])));
      const durations = Object.values(phases);
      expect(durations.every((duration) => duration >= 0)).toBe(true);
      const last = Math.max(0, ...times.map((time) => time ?? 0));
      expect(durations.reduce((a, b) => a + b, 0)).toBeCloseTo(last, 1);
    }),
  );
});

it('knows the order of either kind of phases', () => {
  for (const kind of [RECOVERY_PHASES, FAILOVER_PHASES]) {
    expect(ALL_PHASES.filter((phase) => kind.some((one) => one === phase))).toEqual(kind);
  }
});
