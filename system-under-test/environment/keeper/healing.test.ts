import { expect, test } from 'vitest';
import { undo } from './healing.ts';

test('the keeper undoes a fault from its ledger entry alone, action by action, also after one that fails', async () => {
  const done: string[] = [];
  const note = async (what: string): Promise<void> => {
    done.push(what);
  };
  const tools = {
    supervisor: {
      start: () => Promise.reject(new Error('no such program')),
      resume: () => Promise.reject(new Error('not paused')),
    },
    restoreLink: (link: string) => note(`link ${link}`),
    freeDisk: (component: string) => note(`disk ${component}`),
    setClock: (component: string, offsetMs: number) => {
      done.push(`clock ${component} ${offsetMs}`);
    },
  };
  const entry = {
    ...{ id: '1', kind: 'several', leaseMs: 1_000 },
    heal: [
      { kind: 'start', component: 'postgres' },
      { kind: 'free-disk', component: 'postgres' },
      { kind: 'set-clock', component: 'payment', offsetMs: 0 },
    ],
  } as const;
  await expect(undo(entry, tools)).rejects.toThrow('fault 1 (several) is not undone');
  expect(done).toEqual(['disk postgres', 'clock payment 0']);
});
