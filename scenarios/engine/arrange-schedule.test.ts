import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TOPOLOGIES } from '#sut/contract/components.ts';
import { sagaRecovery } from '../catalog/saga-recovery.ts';
import type { DrawnFault } from '../model/scenario.ts';
import { arrangeSchedule, occupiedMs, ScheduleDoesNotFit } from './arrange-schedule.ts';
import { areConflicting, claimOf, isConflicting } from './fault-conflicts.ts';
import { makePlan } from './plan.ts';

const killAt = (component: string, atMs: number, isOptional = false): DrawnFault => ({
  fault: 'kill',
  params: { component },
  trigger: { kind: 'time', atMs },
  durationMs: 1_000,
  isOptional,
});

test.each(TOPOLOGIES)(
  'every schedule drawn for %s is legal: inside the storm and the blast radius, conflicting faults apart, the required ones present',
  (topology) => {
    const allowed = sagaRecovery.blastRadius(topology, 'relay');
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 40_000, max: 120_000 }), (seed, stormMs) => {
        const { steps } = makePlan(sagaRecovery, seed, { topology, stormMs, orders: 5 }).schedule;
        const windows = steps.map((step) => {
          const startMs = step.trigger.kind === 'time' ? step.trigger.atMs : step.trigger.notBeforeMs;
          return { startMs, endMs: startMs + occupiedMs(step), ...claimOf(step) };
        });
        expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
        for (const { startMs, endMs, reach } of windows) {
          expect(startMs).toBeGreaterThan(0);
          expect(endMs).toBeLessThanOrEqual(stormMs);
          for (const name of reach) expect(allowed).toContain(name);
        }
        for (const [index, a] of windows.entries()) {
          for (const b of windows.slice(index + 1)) {
            if (areConflicting(a, b)) expect(a.endMs <= b.startMs || b.endMs <= a.startMs).toBe(true);
          }
        }
        const kills = steps.filter(
          ({ fault, params }) => fault === 'kill' && JSON.stringify(params).includes('orchestrator'),
        );
        expect(kills.length).toBeGreaterThanOrEqual(2);
        expect(kills.some(({ trigger }) => trigger.kind === 'event')).toBe(true);
        expect(steps.length).toBeGreaterThanOrEqual(6);
      }),
      { numRuns: 50 },
    );
  },
);

test('a colliding fault moves behind the one that was drawn first', () => {
  const { steps } = arrangeSchedule(1, [killAt('order', 5_000), killAt('order', 6_000)], 60_000);
  const length = occupiedMs(killAt('order', 0));
  expect(steps.map(({ trigger }) => trigger)).toEqual([
    { kind: 'time', atMs: 5_000 },
    { kind: 'time', atMs: 5_000 + length },
  ]);
});

test.each(['postgres-1', 'etcd'])('after %s there is room for its PostgreSQL cluster to become whole again', (part) => {
  expect(occupiedMs(killAt(part, 0))).toBeGreaterThan(occupiedMs(killAt('postgres', 0)));
});

test('a fault on another component overlaps freely', () => {
  const { steps } = arrangeSchedule(1, [killAt('order', 5_000), killAt('payment', 5_500)], 60_000);
  expect(steps.map(({ trigger }) => trigger)).toEqual([
    { kind: 'time', atMs: 5_000 },
    { kind: 'time', atMs: 5_500 },
  ]);
});

test('without room an optional fault is left out, a required one is an error', () => {
  expect(arrangeSchedule(1, [killAt('order', 1_000), killAt('order', 1_000, true)], 9_000).steps).toHaveLength(1);
  expect(() => arrangeSchedule(1, [killAt('order', 1_000), killAt('order', 1_000)], 9_000)).toThrow(ScheduleDoesNotFit);
});

test('a link fault conflicts with its server, not with its client', () => {
  expect(isConflicting(['payment->kafka'], ['kafka'])).toBe(true);
  expect(isConflicting(['payment->kafka'], ['payment'])).toBe(false);
  expect(isConflicting(['payment->kafka'], ['order->kafka'])).toBe(false);
  expect(isConflicting(['payment->kafka'], ['payment->kafka'])).toBe(true);
});
