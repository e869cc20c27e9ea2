import { expect, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { NotInTime } from '../../timing/eventually.ts';
import { type Attempt, orNothing, whileLinksAreSlow } from './slow-links.ts';

const signal = new AbortController().signal;
const link = 'order->kafka';

/** Links that remember what was done to them. */
function linksOnly() {
  const log: string[] = [];
  const environment: Pick<Environment, 'disturb' | 'restore'> = {
    async disturb(_link, disturbance) {
      log.push(disturbance.kind === 'latency' ? `${disturbance.direction} ${disturbance.latencyMs}` : disturbance.kind);
    },
    async restore() {
      log.push('restored');
    },
  };
  return { log, environment };
}

const attempts = (outcomes: Attempt<string>[]) => async (): Promise<Attempt<string>> =>
  outcomes.shift() ?? { missed: 'nothing-came' };

test('the delay grows for a slow observer and shrinks for a service that gets nothing done', async () => {
  const { log, environment } = linksOnly();
  const attempt = attempts([{ missed: 'too-late' }, { missed: 'nothing-came' }, { hit: 'it' }]);
  const slow = { links: [link] as const, direction: 'up' as const, delayMs: 100, what: 'a commit', attempt };
  expect(await whileLinksAreSlow({ environment, signal }, slow)).toBe('it');
  expect(log).toEqual(['up 100', 'restored', 'up 160', 'restored', 'up 80', 'restored']);
});

test('only what did not come in time is nothing', async () => {
  expect(await orNothing(Promise.resolve(1))).toBe(1);
  expect(await orNothing(Promise.reject(new NotInTime('a commit', 'none', 1)))).toBeUndefined();
  await expect(orNothing(Promise.reject(new Error('no database')))).rejects.toThrow('no database');
});
