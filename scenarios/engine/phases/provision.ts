import type { Environment } from '#sut/contract/environment.ts';
import { faultNamed } from '../../faults/catalog.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { RunContext } from '../run-context.ts';

const RESET_BOUND_MS = 60_000;

/** The environment cannot do what the plan asks of it. */
class CapabilityMissing extends ExplainedError {
  constructor(fault: string, component: string, missing: readonly string[]) {
    super({
      what: `${component} does not support ${missing.join(', ')} in this environment`,
      where: `fault ${fault} of the plan`,
      todo: 'end the environment that runs with `chaos down`, so that the run starts one of its own, or use a scenario without this fault',
    });
  }
}

/** An earlier run's fault is still in the environment. */
class FaultStillOpen extends ExplainedError {
  constructor(faults: readonly string[]) {
    super({
      what: 'faults of an earlier run are not healed',
      where: faults.join(', '),
      todo: 'end the environment with `chaos down` and start again',
    });
  }
}

/** Makes a started environment ready for the plan: nothing broken, nothing left in its stores, the initial data there. */
export async function provision(environment: Environment, context: RunContext): Promise<void> {
  const { plan, scenario, signal, history } = context;
  environment.onUnexpectedExit((component, detail) => {
    history.recordIfPossible({ type: 'observation', kind: 'process-exit', values: { component, detail } });
  });
  const open = await environment.ledger.open();
  if (open.length > 0) throw new FaultStillOpen(open);
  requireCapabilities(environment, context);
  if (environment.isShared) await environment.reset(AbortSignal.any([signal, AbortSignal.timeout(RESET_BOUND_MS)]));
  await scenario.workload.seed(environment, plan, signal);
}

function requireCapabilities(environment: Environment, { plan }: RunContext): void {
  for (const step of plan.schedule.steps) {
    const fault = faultNamed(step.fault);
    const reached = fault.reach(fault.parse(step.params));
    for (const component of environment.components.filter((name) => reached.includes(name))) {
      const supported = environment.capabilities(component);
      const missing = fault.requires.filter((capability) => !supported.includes(capability));
      if (missing.length > 0) throw new CapabilityMissing(step.fault, component, missing);
    }
  }
}
