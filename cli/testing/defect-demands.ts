import type { ScheduledFault } from '#scenarios/model/fault-schedule.ts';
import type { Plan } from '#scenarios/model/plan.ts';

/** Whether a plan gives a planted bug the chance to show. */
export type Demand = (plan: Plan) => boolean;

/** By defect: what in a plan it cannot show without. What is not named here shows under any seed's plan. */
export const DEMANDS: Readonly<Record<string, Demand>> = {
  // Only a saga that is called off between its charge and its pivot has a refund to forget.
  'comp-refund-forgotten': cancels('charge', 12),
  // Longer than a consumer of this bug lets a request take.
  'kafkajs-crash-ignored': partitionsFor(5_000, 'payment->kafka'),
  'outbox-after-commit': ends('postgres'),
  // Most cancellations that wait for a charge come too late for it in a storm, or the saga ends before.
  'pay-late-answer-accepted': cancels('charge', 12),
  'pg-away-for-long': ends('postgres'),
  // Few orders come as far as their pivot in a storm, and of those some are at their end before the cancellation has come.
  'saga-cancel-after-pivot': cancels('confirm', 6),
};

function ends(component: string): Demand {
  return some(({ fault, params }) => (fault === 'kill' || fault === 'stop') && has(params, { component }));
}

function partitionsFor(leastMs: number, link: string): Demand {
  return some(
    ({ fault, params, durationMs }) => fault === 'partition' && durationMs >= leastMs && has(params, { link }),
  );
}

/** At least `count` requests wait for this action of a saga. */
function cancels(action: string, count: number): Demand {
  return ({ requests }) => requests.filter(({ when }) => when?.action === action).length >= count;
}

function some(isWanted: (step: ScheduledFault) => boolean): Demand {
  return ({ schedule }) => schedule.steps.some(isWanted);
}

function has(params: unknown, wanted: Readonly<Record<string, string>>): boolean {
  const found = new Map(Object.entries(params ?? {}));
  return Object.entries(wanted).every(([name, value]) => found.get(name) === value);
}
