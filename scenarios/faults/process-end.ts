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

async function startAgain(environment: Environment, params: ComponentParams): Promise<void> {
  const signal = AbortSignal.timeout(FAULT_BOUNDS.healMs);
  if ((await statusOf(environment, params)).state === 'exited') {
    await environment.perform(params.component, 'start', signal);
  }
}

function provenDead(environment: Environment, before: ComponentStatus, signal: AbortSignal): Promise<Evidence> {
  const { name, pid } = before;
  return eventually(
    `${name} is dead`,
    async () => {
      const { state } = await statusOf(environment, { component: name });
      const kernel = pid === undefined ? 'gone' : await processState(pid);
      const { outcome } = await ping(name, environment.port(name), { timeoutMs: FAULT_BOUNDS.silenceMs, signal });
      const isDead = state === 'exited' && (kernel === 'gone' || kernel === 'Z') && outcome === 'refused';
      return isDead
        ? {
            seen: {
              kind: 'pid-dead',
              detail: `pid ${pid} is ${kernel}, port ${before.port} refuses`,
              values: { pid: pid ?? 0, port: before.port },
            },
          }
        : { missing: `status ${state}, pid ${pid} ${kernel}, port ${outcome}` };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, signal },
  );
}

async function provenRestarted(
  environment: Environment,
  before: ComponentStatus,
  signal: AbortSignal,
): Promise<Evidence> {
  const { name } = before;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await environment.whenReady(name, bound);
  const now = await statusOf(environment, { component: name });
  if (now.state !== 'running' || now.starts <= before.starts) {
    throw new Error(`${name} answers, but is ${now.state} after ${now.starts} starts (${before.starts} before)`);
  }
  return {
    kind: 'restarted-and-ready',
    detail: `pid ${now.pid} instead of ${before.pid}, ready`,
    values: { pid: now.pid ?? 0, starts: now.starts },
  };
}
