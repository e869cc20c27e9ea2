import type { ScheduledFault } from '#scenarios/model/fault-schedule.ts';

/** Whether a scheduled fault gives a planted bug the chance to show. */
export type Demand = (step: ScheduledFault) => boolean;

/** By defect: a fault without which the bug has no way to show. What is not named here shows under any seed's plan. */
export const DEMANDS: Readonly<Record<string, Demand>> = {
  'outbox-after-commit': ends('postgres'),
};

function ends(component: string): Demand {
  return ({ fault, params }) => {
    const isEnd = fault === 'kill' || fault === 'stop';
    return (
      isEnd && typeof params === 'object' && params !== null && 'component' in params && params.component === component
    );
  };
}
