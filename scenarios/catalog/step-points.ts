import { type SagaPoint, STEP_POINTS } from '../model/fault-schedule.ts';

type Step = Pick<SagaPoint, 'participant' | 'action'>;

/** Steps that every order which is not refused goes through, so that an event on them surely comes. */
export const ORDER_STEPS = [
  { participant: 'user', action: 'hold-limit' },
  { participant: 'inventory', action: 'reserve' },
  { participant: 'payment', action: 'charge' },
] as const satisfies readonly Step[];

/** Steps that every payment which is not refused goes through. */
export const PAYMENT_STEPS = [
  { participant: 'payment', action: 'charge' },
  { participant: 'wallet', action: 'top-up' },
] as const satisfies readonly Step[];

/** Every point of the steps. */
export const pointsOf = (steps: readonly Step[]): readonly SagaPoint[] =>
  steps.flatMap((step) => STEP_POINTS.map((point) => ({ ...step, point })));
