import type { Fault } from '../model/fault.ts';
import { activeFault } from './active-fault.ts';
import { type ComponentParams, componentParamsSchema, drawComponent, statusOf } from './component-params.ts';
import { provenDead, provenRestarted, startAgain } from './evidence/process-life.ts';
import { FaultNotApplicable } from './fault-not-applicable.ts';

/** A fault that ends a component's process and heals by starting it again; `kill` and `stop` differ in how. */
export function processEnd(how: {
  readonly name: string;
  readonly summary: string;
  readonly capability: 'kill' | 'stop';
}): Fault<ComponentParams> {
  return {
    name: how.name,
    summary: how.summary,
    requires: [how.capability, 'start'],
    params: drawComponent,
    parse: (params) => componentParamsSchema.parse(params),
    reach: ({ component }) => [component],
    heal: ({ component }) => [{ kind: 'start', component }],
    async inject(environment, params, signal) {
      const before = await statusOf(environment, params);
      if (before.state !== 'running') throw new FaultNotApplicable(how.name, before);
      await environment.perform(params.component, how.capability, signal);
      return activeFault({
        evidence: (evidenceSignal) => provenDead(environment, before, evidenceSignal),
        heal: () => startAgain(environment, params),
        healedEvidence: (evidenceSignal) => provenRestarted(environment, before, evidenceSignal),
      });
    },
  };
}
