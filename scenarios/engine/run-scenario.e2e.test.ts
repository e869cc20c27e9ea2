import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { provision } from '#sut/environment/provision.ts';
import { sagaRecovery } from '../catalog/saga-recovery.ts';
import { kill } from '../faults/kill.ts';
import { partition } from '../faults/partition.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { Scenario } from '../model/scenario.ts';
import { BUNDLE_FILES } from './bundle/bundle-files.ts';
import { judgeBundle } from './judge-bundle.ts';
import { makePlan } from './plan.ts';
import { RunEvents } from './run-events.ts';
import { runScenario } from './run-scenario.ts';
import { readTraces, type TraceSpan } from './traces/testing/read-traces.ts';

/** Short, with one fault of each way to be triggered. */
const scenario: Scenario = {
  ...sagaRecovery,
  name: 'short',
  schedule: () =>
    fc.tuple(
      eventFault(kill, {
        params: fc.constant({ component: 'orchestrator' }),
        on: [{ participant: 'inventory', action: 'reserve', point: 'reply-published' }],
        notBeforeMs: [1_000, 1_000],
        nth: [1, 1],
        durationMs: [500, 500],
      }),
      timedFault(partition, {
        params: fc.constant({ link: 'payment->acquirer', direction: 'down' }),
        atMs: [2_000, 2_000],
        durationMs: [2_000, 2_000],
      }),
    ),
  stormMs: 14_000,
  orders: 20,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (signal: AbortSignal, events = new RunEvents()) => {
  const bundleDir = join(folder, 'run');
  return runScenario({
    scenario,
    plan: makePlan(scenario, 3),
    environment: () =>
      provision({
        ...{ ports: 'auto', stateDir: folder, runDir: bundleDir, traces: true },
        signal: AbortSignal.timeout(180_000),
      }),
    bundleDir,
    signal,
    events,
  });
};

test('a run is conclusive, and its bundle gives the same verdict again', async () => {
  const result = await run(new AbortController().signal);
  expect(result.failure).toBeUndefined();
  expect(result.inconclusive).toEqual([]);
  expect(result.verdicts.filter(({ verdict }) => verdict.outcome !== 'holds')).toEqual([]);
  const again = await judgeBundle(result.bundleDir);
  expect(again.verdicts).toEqual(result.verdicts);
  expect(again.inconclusive).toEqual(result.inconclusive);
  expect(again.record).toEqual(result.record);
  expect(result.harvest?.orders.length).toBeGreaterThanOrEqual(20);

  // What a service had not sent yet when it was killed is lost, so not every saga's trace is whole.
  const completed = result.harvest?.sagas.filter(({ type, state }) => type === 'order' && state === 'COMPLETED') ?? [];
  const tracesOf = await spansBySaga(join(result.bundleDir, BUNDLE_FILES.traces));
  const whole = completed.filter(({ id }) => isOneTrace(tracesOf(id)));
  expect(completed.length).toBeGreaterThan(0);
  expect(whole.length).toBeGreaterThan(completed.length / 2);
});

const PATH_OF_AN_ORDER = [
  ...['client', 'gateway', 'order', 'orchestrator', 'user', 'inventory', 'payment', 'wallet', 'notification'],
  'event-store',
];

/** From the client's request to the last message: one trace with one root, and every service in it. */
function isOneTrace(traces: readonly (readonly TraceSpan[])[]): boolean {
  const [trace = []] = traces;
  const roots = trace.filter(({ parentSpanId }) => parentSpanId === '');
  const services = new Set(trace.map(({ service }) => service));
  return (
    traces.length === 1 &&
    roots.map(({ service, name }) => `${service} ${name}`).join() === 'client place-order' &&
    PATH_OF_AN_ORDER.every((service) => services.has(service))
  );
}

/** Every trace that has spans of a saga, by the saga's id. */
async function spansBySaga(path: string): Promise<(sagaId: string) => readonly (readonly TraceSpan[])[]> {
  const traces = new Map<string, TraceSpan[]>();
  for await (const span of readTraces(path)) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return (sagaId) =>
    [...traces.values()].filter((trace) => trace.some(({ attributes }) => attributes['saga.id'] === sagaId));
}

test('an interrupt in mid-fault ends the run at once, leaves nothing behind and proves nothing', async () => {
  const interrupt = new AbortController();
  const events = new RunEvents();
  let interruptedMs = Number.NaN;
  events.on('recorded', (event) => {
    if (event.type !== 'fault' || event.phase !== 'effective' || interrupt.signal.aborted) return;
    interruptedMs = performance.now();
    interrupt.abort(new Error('SIGINT'));
  });
  const result = await run(interrupt.signal, events);
  expect(performance.now() - interruptedMs).toBeLessThan(15_000);
  expect(result.inconclusive).toContain('the run was interrupted');
  expect(result.verdicts.map(({ verdict }) => verdict.outcome)).not.toContain('holds');
  const teardown = [...result.history].find((event) => event.type === 'observation' && event.kind === 'teardown');
  expect(teardown).toMatchObject({ values: { processes: [], toxics: [], proxies: [], locks: [] } });
});
