import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { provenWhole } from './leadership.ts';

vi.mock('../fault-bounds.ts', () => ({ FAULT_BOUNDS: { healMs: 200 } }));

it('says what is missing of a cluster that is not whole in time, however long its nodes took to be ready', async () => {
  const environment = {
    whenReady: () => delay(50),
    leader: async () => {
      throw new Error('there is no primary');
    },
  } as unknown as Environment;
  const whole = provenWhole(environment, 'mongodb', ['mongodb-1', 'mongodb-2'], new AbortController().signal);
  await expect(whole).rejects.toThrow(
    /mongodb has one leader: not within \d+ ms; last seen: Error: there is no primary/,
  );
});
