import fc, { type Arbitrary } from 'fast-check';
import { clockJump } from '../faults/clock-jump.ts';
import { diskFull } from '../faults/disk-full.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const AHEAD_MS = 90_000;
const BEHIND_MS = -60_000;
const JUMP_MS = [4_000, 8_000] as const;

/** Each service whose work has deadlines finds itself in the future or in the past, and then back; a full disk in between. */
function requiredFaults(stormMs: number): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number): readonly [number, number] => [stormMs * from, stormMs * (from + 0.06)];
  const jump = (component: string, offsetMs: number, from: number): Arbitrary<DrawnFault> =>
    timedFault(clockJump, {
      params: fc.constant({ component, offsetMs }),
      atMs: part(from),
      durationMs: JUMP_MS,
    });
  return [
    jump('payment', AHEAD_MS, 0.04),
    jump('inventory', BEHIND_MS, 0.08),
    eventFault(clockJump, {
      params: fc.record({
        component: fc.constantFrom('orchestrator', 'orchestrator-2'),
        offsetMs: fc.constantFrom(AHEAD_MS, BEHIND_MS),
      }),
      on: pointsOf(ORDER_STEPS),
      notBeforeMs: part(0.2),
      nth: [1, 4],
      durationMs: JUMP_MS,
    }),
    timedFault(diskFull, {
      params: fc.constant({ component: 'postgres' }),
      atMs: part(0.4),
      durationMs: [2_000, 5_000],
    }),
    jump('payment', BEHIND_MS, 0.68),
    jump('inventory', AHEAD_MS, 0.7),
  ];
}

export const clockAndDisk: Scenario = {
  name: 'clock-and-disk',
  summary:
    'clocks of services jump a minute ahead or back in mid-step, and the disk of PostgreSQL is full for seconds; nothing is lost or done twice',
  topologies: ['compact'],
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs) => fc.tuple(...requiredFaults(stormMs)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 60_000,
  orders: 150,
};
