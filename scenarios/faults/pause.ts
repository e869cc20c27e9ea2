import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import type { Fault } from '../model/fault.ts';
import { eventually } from '../timing/eventually.ts';
import { activeFault } from './active-fault.ts';
import { type ComponentParams, componentParamsSchema, drawComponent, statusOf } from './component-params.ts';
import { ping } from './evidence/ping.ts';
import { processState } from './evidence/process-state.ts';
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

function provenPaused(
  environment: Environment,
  { name, pid }: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  return eventually(
    `${name} is paused`,
    async () => {
      const kernel = pid === undefined ? 'gone' : await processState(pid);
      const probe = await ping(name, environment.port(name), { timeoutMs: FAULT_BOUNDS.silenceMs, signal });
      return kernel === 'T' && probe.outcome === 'unanswered'
        ? {
            seen: {
              kind: 'pid-stopped',
              detail: `pid ${pid} is in state T, ${probe.detail}`,
              values: { pid: pid ?? 0, silentMs: probe.elapsedMs },
            },
          }
        : { missing: `pid ${pid} in state ${kernel}, probe ${probe.outcome}` };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, signal },
  );
}

async function provenResumed(
  environment: Environment,
  { name, pid }: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await environment.whenReady(name, bound);
  const kernel = pid === undefined ? 'gone' : await processState(pid);
  if (kernel === 'T') throw new Error(`pid ${pid} of ${name} is still in state T`);
  return { kind: 'resumed-and-ready', detail: `pid ${pid} is in state ${kernel}, ready`, values: { pid: pid ?? 0 } };
}
