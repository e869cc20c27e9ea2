import type { ScheduledFault } from '#scenarios/model/fault-schedule.ts';

/** Whether a scheduled fault gives a planted bug the chance to show. */
export type Demand = (step: ScheduledFault) => boolean;

/** By defect: a fault without which the bug has no way to show. What is not named here shows under any seed's plan. */
export const DEMANDS: Readonly<Record<string, Demand>> = {
  // Longer than a consumer of this bug lets a request take.
  'kafkajs-crash-ignored': partitionsFor(5_000, 'payment->kafka'),
  'outbox-after-commit': ends('postgres'),
  'pg-away-for-long': ends('postgres'),
};

function ends(component: string): Demand {
  return ({ fault, params }) => (fault === 'kill' || fault === 'stop') && has(params, { component });
}

function partitionsFor(leastMs: number, link: string): Demand {
  return ({ fault, params, durationMs }) => fault === 'partition' && durationMs >= leastMs && has(params, { link });
}

function has(params: unknown, wanted: Readonly<Record<string, string>>): boolean {
  const found = new Map(Object.entries(params ?? {}));
  return Object.entries(wanted).every(([name, value]) => found.get(name) === value);
}
