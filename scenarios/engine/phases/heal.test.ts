import { expect, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import type { RunContext } from '../run-context.ts';
import { heal } from './heal.ts';

test('a fault that cannot be undone keeps no other from being undone, stays in the ledger and is named', async () => {
  const open = new Set(['f1', 'f2']);
  const environment = {
    components: [],
    links: [],
    status: async () => [
      { name: 'payment', state: 'exited' },
      { name: 'order', state: 'exited' },
    ],
    perform: async (component: string) => {
      if (component === 'payment') throw new Error('it does not start');
    },
    ledger: { open: async () => [...open], end: async (id: string) => void open.delete(id) },
  } as unknown as Environment;
  const steps = ['payment', 'order'].map((component, n) => ({ id: `f${n + 1}`, fault: 'kill', params: { component } }));
  const { signal } = new AbortController();
  const context = { plan: { schedule: { steps } }, signal } as unknown as RunContext;
  await expect(heal(environment, context)).rejects.toThrow('f1 kill: it does not start');
  expect([...open]).toEqual(['f1']);
});
