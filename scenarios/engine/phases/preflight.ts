import { faultNamed } from '../../faults/catalog.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { ScheduledFault } from '../../model/fault-schedule.ts';
import type { RunContext } from '../run-context.ts';

/** A fault would disturb something that the scenario did not declare. */
class OutsideBlastRadius extends ExplainedError {
  constructor({ id }: ScheduledFault, targets: readonly string[]) {
    super({
      what: `a fault would reach ${targets.join(', ')}, which the scenario's blast radius does not hold`,
      where: `fault ${id} of the plan`,
      todo: "aim it at something inside, or widen the scenario's blastRadius",
    });
  }
}

/** Checks the plan against the scenario before anything starts. Throws `UnknownFault`, `OutsideBlastRadius` or a `ZodError`. */
export function preflight({ scenario, plan }: Pick<RunContext, 'scenario' | 'plan'>): void {
  const allowed = scenario.blastRadius(plan.topology, plan.publisher);
  for (const step of plan.schedule.steps) {
    const fault = faultNamed(step.fault);
    const outside = fault.reach(fault.parse(step.params)).filter((name) => !allowed.includes(name));
    if (outside.length > 0) throw new OutsideBlastRadius(step, outside);
  }
}
