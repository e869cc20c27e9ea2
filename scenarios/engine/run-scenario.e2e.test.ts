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
import { judgeBundle } from './judge-bundle.ts';
import { makePlan } from './plan.ts';
import { RunEvents } from './run-events.ts';
import { runScenario } from './run-scenario.ts';

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
      provision({ ports: 'auto', stateDir: folder, runDir: bundleDir, signal: AbortSignal.timeout(180_000) }),
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
});

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
