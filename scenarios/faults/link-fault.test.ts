import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { partition } from './partition.ts';

const { signal } = new AbortController();
const params = partition.parse({ link: 'payment->kafka', direction: 'both' });
const answering = createServer((socket) => socket.on('error', () => undefined).end('an answer'));
let proxyPort: number;
beforeAll(async () => {
  await once(answering.listen(0, '127.0.0.1'), 'listening');
  const address = answering.address();
  proxyPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => answering.close());

/** A link whose toxics can be taken from it by others. */
function link() {
  const state = { toxics: [] as string[], isRestored: false };
  const environment = {
    links: [],
    status: async () => [],
    whenReady: async (name: string) => Promise.reject(new Error(`${name} receives nothing`)),
    linkStatus: async () => ({ enabled: true, toxics: state.toxics, bytesUp: 0, bytesDown: 0, proxyPort }),
    disturb: async () => void state.toxics.push('partition'),
    restore: async () => {
      state.toxics = [];
      state.isRestored = true;
    },
  } as unknown as Environment;
  return { state, environment };
}

test('a link that was disturbed to the end is healed once it answers', async () => {
  const { environment } = link();
  const active = await partition.inject(environment, params, signal);
  await active[Symbol.asyncDispose]();
  expect(await active.healedEvidence(signal)).toMatchObject({ kind: 'link-restored' });
});

test('one between servers of the PostgreSQL cluster is healed only when that is whole', async () => {
  const { environment } = link();
  const between = partition.parse({ link: 'postgres-1->etcd', direction: 'both' });
  const active = await partition.inject(environment, between, signal);
  await active[Symbol.asyncDispose]();
  await expect(active.healedEvidence(signal)).rejects.toThrow('receives nothing');
});

test('one that was restored before its time was not disturbed throughout, which proves nothing', async () => {
  const { state, environment } = link();
  const active = await partition.inject(environment, params, signal);
  state.toxics = [];
  await active[Symbol.asyncDispose]();
  await expect(active.healedEvidence(signal)).rejects.toThrow('partition on payment->kafka was over early');
  expect(state.isRestored).toBe(true);
});
