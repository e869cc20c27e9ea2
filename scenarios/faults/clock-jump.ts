import fc from 'fast-check';
import { z } from 'zod';
import { ALL_COMPONENTS, declarationOf } from '#sut/contract/components.ts';
import type { Fault } from '../model/fault.ts';
import { activeFault } from './active-fault.ts';
import { statusOf } from './component-params.ts';
import { clockOffset, provenClock } from './evidence/service-clock.ts';
import { FAULT_BOUNDS } from './fault-bounds.ts';
import { FaultNotApplicable } from './fault-not-applicable.ts';

const SERVICES = ALL_COMPONENTS.filter((name) => declarationOf(name).kind === 'service');
/** Less could not be told from the granularity of the clock that is seen from outside. */
const SMALLEST_JUMP_MS = 5_000;
const LARGEST_JUMP_MS = 3_600_000;
const JUMPS_MS = [-300_000, -60_000, -10_000, 10_000, 90_000, 600_000] as const;

const schema = z.strictObject({
  component: z.enum(SERVICES),
  /** How far it jumps, back when negative. */
  offsetMs: z
    .int()
    .min(-LARGEST_JUMP_MS)
    .max(LARGEST_JUMP_MS)
    .refine((offsetMs) => Math.abs(offsetMs) >= SMALLEST_JUMP_MS, `a jump has at least ${SMALLEST_JUMP_MS} ms`),
});
export type ClockJumpParams = z.infer<typeof schema>;

/**
 * The wall clock of a service jumps while it runs, as after a bad time synchronisation, and jumps back to heal: `Date` moves,
 * the monotonic clock and with it every timer goes on. libfaketime does it below Node; the service is none the wiser.
 */
export const clockJump: Fault<ClockJumpParams> = {
  name: 'clock-jump',
  summary: "a service's wall clock jumps while it runs, and back to heal",
  requires: ['set-clock'],
  params: (targets) =>
    fc.record({
      component: fc.constantFrom(...SERVICES.filter((name) => targets.includes(name))),
      offsetMs: fc.constantFrom(...JUMPS_MS),
    }),
  parse: (params) => schema.parse(params),
  reach: ({ component }) => [component],
  takesMs: () => ({ effect: 2_500, heal: 3_000 }),
  heal: ({ component }) => [{ kind: 'set-clock', component, offsetMs: 0 }],
  async inject(environment, params, signal) {
    const { component, offsetMs } = params;
    const before = await statusOf(environment, params);
    if (before.state !== 'running') throw new FaultNotApplicable('clock-jump', before);
    const port = environment.port(component);
    const offsetBeforeMs = await clockOffset(port, signal);
    await environment.setClock(component, offsetMs, signal);
    const clock = (expectedMs: number) => ({ name: component, port, expectedMs, offsetBeforeMs });
    return activeFault({
      evidence: (evidenceSignal) => provenClock(clock(offsetMs), evidenceSignal),
      heal: () => environment.setClock(component, 0, AbortSignal.timeout(FAULT_BOUNDS.healMs)),
      healedEvidence: (evidenceSignal) => provenClock(clock(0), evidenceSignal),
    });
  },
};
