import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { RunEvents } from '../engine/run-events.ts';
import { measureRecovery } from './measure-recovery.ts';
import type { Trial } from './recovery-result.ts';
import { runTrial } from './run-trial.ts';
import { SAMPLE_PLAN } from './testing/sample-plan.ts';

vi.mock('./run-trial.ts');
vi.mock('./seed-stock.ts');

let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'rto-'));
});
afterEach(() => rmSync(runDir, { recursive: true }));

const nothing: Trial = {
  trial: 1,
  baselineRate: 40,
  phasesMs: {},
  writes: { acknowledged: 0, failed: 0, missing: 0, unread: 0 },
  unproven: ['no evidence that the fault took effect'],
};
const plan = { ...SAMPLE_PLAN, component: 'order', trials: 3 } as const;

/** A measurement of nothing, in an environment of which parts are as given. */
const measure = (environment: Partial<Environment>, signal = new AbortController().signal) =>
  measureRecovery({
    ...{ plan, runDir, runKey: 'rto', events: new RunEvents(), onTrial: () => undefined, signal },
    environment: {
      ...{ publisher: 'debezium', port: () => 1, entryPorts: () => [1] },
      ledger: { open: async () => [] },
      ...environment,
    } as unknown as Environment,
  });

/** A ledger that is asked before the first trial and after each. */
const ledger = (...answers: readonly (readonly string[])[]): Environment['ledger'] => {
  const left = [...answers];
  return { begin: async () => undefined, end: async () => undefined, open: async () => left.shift() ?? [] };
};

it('ends with the trial that left the component broken, even where nothing proves that its fault took effect', async () => {
  vi.mocked(runTrial).mockResolvedValue(nothing);
  expect((await measure({ ledger: ledger([], [], ['rto-2-kill-order']) })).trials).toHaveLength(2);
  expect((await measure({})).trials).toHaveLength(3);
});

it('records which publisher the environment has', async () => {
  vi.mocked(runTrial).mockResolvedValue(nothing);
  expect((await measure({})).publisher).toBe('debezium');
});

it('is interrupted while a kept environment is emptied, whatever a component says then', async () => {
  const interruption = new AbortController();
  const reset = async (): Promise<void> => {
    interruption.abort(new Error('interrupted'));
    throw new Error('order is not ready');
  };
  await expect(measure({ isShared: true, reset }, interruption.signal)).rejects.toThrow('interrupted');
  const unready = (): Promise<void> => Promise.reject(new Error('order is not ready'));
  await expect(measure({ isShared: true, reset: unready })).rejects.toThrow('order is not ready');
});
