import { expect, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { freezeServices } from './freeze-services.ts';
import type { Stores } from './stores/stores.ts';

test('services are frozen and thawed also when a store cannot be read: what can be read is still worth it', async () => {
  const deeds: string[] = [];
  const environment = {
    components: ['payment'],
    status: async () => [{ name: 'payment', state: deeds.at(-1) === 'payment pause' ? 'paused' : 'running' }],
    perform: async (component: string, deed: string) => void deeds.push(`${component} ${deed}`),
    ledger: { begin: async () => undefined, end: async () => void deeds.push('end') },
    entryPorts: () => {
      throw new Error('kafka is away');
    },
  } as unknown as Environment;
  {
    await using _frozen = await freezeServices(environment, {} as unknown as Stores, new AbortController().signal);
    expect(deeds).toEqual(['payment pause']);
  }
  expect(deeds).toEqual(['payment pause', 'payment resume', 'end']);
});
