import type { Environment } from '#sut/contract/environment.ts';
import type { Fault } from '../model/fault.ts';
import { activeFault } from './active-fault.ts';
import { type ComponentParams, componentParamsSchema, drawComponent, statusOf } from './component-params.ts';
import { provenPaused, provenResumed } from './evidence/process-pause.ts';
import { FAULT_BOUNDS } from './fault-bounds.ts';
import { FaultNotApplicable } from './fault-not-applicable.ts';

/** SIGSTOP: the process keeps its connections, leases and transactions, and answers nothing; then it goes on as if no time had passed. */
export const pause: Fault<ComponentParams> = {
  name: 'pause',
  summary: 'SIGSTOP the process, SIGCONT to heal',
  requires: ['pause', 'resume'],
  params: drawComponent,
  parse: (params) => componentParamsSchema.parse(params),
  reach: ({ component }) => [component],
  heal: ({ component }) => [{ kind: 'resume', component }],
  async inject(environment, params, signal) {
    const before = await statusOf(environment, params);
    if (before.state !== 'running') throw new FaultNotApplicable('pause', before);
    await environment.perform(params.component, 'pause', signal);
    return activeFault({
      evidence: (evidenceSignal) => provenPaused(environment, before, evidenceSignal),
      heal: () => resume(environment, params),
      healedEvidence: (evidenceSignal) => provenResumed(environment, before, evidenceSignal),
    });
  },
};

async function resume(environment: Environment, params: ComponentParams): Promise<void> {
  const signal = AbortSignal.timeout(FAULT_BOUNDS.healMs);
  if ((await statusOf(environment, params)).state === 'paused') {
    await environment.perform(params.component, 'resume', signal);
  }
}
