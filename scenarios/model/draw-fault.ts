import fc, { type Arbitrary } from 'fast-check';
import type { Fault } from './fault.ts';
import type { SagaPoint } from './fault-schedule.ts';
import type { DrawnFault } from './scenario.ts';

type Range = readonly [min: number, max: number];

const integerIn = ([min, max]: Range): Arbitrary<number> => fc.integer({ min: Math.round(min), max: Math.round(max) });

/** How a fault that strikes at a time is drawn. Times are milliseconds of the storm. */
export interface TimedDraw {
  readonly params: Arbitrary<unknown>;
  readonly atMs: Range;
  readonly durationMs: Range;
  readonly isOptional?: boolean;
}

export function timedFault(fault: Pick<Fault<unknown>, 'name'>, draw: TimedDraw): Arbitrary<DrawnFault> {
  return fc.record({
    fault: fc.constant(fault.name),
    params: draw.params,
    trigger: fc.record({ kind: fc.constant('time'), atMs: integerIn(draw.atMs) }),
    durationMs: integerIn(draw.durationMs),
    isOptional: fc.constant(draw.isOptional ?? false),
  });
}

/** How a fault that strikes at a point of a saga step is drawn; `on` is one of the moments that surely come. */
export interface EventDraw {
  readonly params: Arbitrary<unknown>;
  readonly on: readonly SagaPoint[];
  readonly notBeforeMs: Range;
  readonly nth: Range;
  readonly durationMs: Range;
}

export function eventFault(fault: Pick<Fault<unknown>, 'name'>, draw: EventDraw): Arbitrary<DrawnFault> {
  const trigger = fc.record({
    kind: fc.constant('event'),
    moment: fc.constantFrom(...draw.on),
    nth: integerIn(draw.nth),
    notBeforeMs: integerIn(draw.notBeforeMs),
  });
  return fc.record({
    fault: fc.constant(fault.name),
    params: draw.params,
    trigger: trigger.map(({ kind, moment, nth, notBeforeMs }) => ({ kind, ...moment, nth, notBeforeMs })),
    durationMs: integerIn(draw.durationMs),
    isOptional: fc.constant(false),
  });
}
