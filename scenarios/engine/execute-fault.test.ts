import { expect, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';
import { executeFault } from './execute-fault.ts';
import type { Recorder } from './recorder.ts';

test('a kill that was not seen may still come: its ledger entry stays open for the heal phase', async () => {
  const done: string[] = [];
  const environment = {
    isShared: false,
    topology: 'compact',
    components: ['payment'],
    links: [],
    capabilities: () => ['kill'],
    // Not dead yet, so there is nothing to start.
    status: async () => [{ name: 'payment', state: 'running', pid: 1 }],
    perform: async (_component: string, deed: string) => {
      done.push(deed);
      throw new Error('it did not die in time');
    },
    ledger: { end: async () => void done.push('end') },
  } as unknown as Environment;
  const history = { record: ({ phase }: { phase: string }) => void done.push(phase) } as unknown as Recorder;
  const step = {
    id: 'f1',
    fault: 'kill',
    params: { component: 'payment' },
    durationMs: 1,
  } as unknown as ScheduledFault;
  await executeFault(step, environment, { history, signal: new AbortController().signal });
  expect(done).toEqual(['inject', 'kill', 'effective', 'heal']);
});
