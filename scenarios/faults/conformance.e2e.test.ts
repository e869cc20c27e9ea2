import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentsOf, ENGINES, linksOf, TOPOLOGIES } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import { FAULTS, UNCONDITIONAL_FAULTS } from './catalog.ts';
import { flushCache } from './engines/flush-cache.ts';
import { killLeader } from './engines/kill-leader.ts';
import { rollingRestart } from './engines/rolling-restart.ts';
import { assertFaultConforms } from './testing/fault-conformance.ts';

const signal = AbortSignal.timeout(590_000);
let folder: string;
let environment: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  environment = await provision({ ports: 'auto', stateDir: folder, runDir: join(folder, 'run'), signal });
});

afterAll(async () => {
  await environment[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const componentFaults = UNCONDITIONAL_FAULTS.filter(({ requires }) => requires.length > 0);
const linkFaults = UNCONDITIONAL_FAULTS.filter(({ requires }) => requires.length === 0);

test.each(
  ['kafka', 'postgres', 'mongodb', 'redis', 'order'].flatMap((target) =>
    componentFaults.map((fault) => ({ fault, target })),
  ),
)('$fault.name of $target conforms', async ({ fault, target }) => {
  await assertFaultConforms(fault, { component: target }, environment, signal);
});

// One link for each protocol that a ping speaks.
const links = ['payment->kafka', 'payment->postgres', 'inventory->mongodb', 'order->redis', 'payment->acquirer'];

test.each(links.flatMap((link) => linkFaults.map((fault) => ({ fault, link }))))(
  '$fault.name of $link conforms',
  async ({ fault, link }) => {
    const [params] = fc.sample(fault.params([link]), { seed: 1, numRuns: 1 });
    await assertFaultConforms(fault, params, environment, signal);
  },
);

test.each(['up', 'down', 'both'])('partition %s conforms', async (direction) => {
  const partition = FAULTS.find(({ name }) => name === 'partition');
  expect(partition).toBeDefined();
  if (partition !== undefined) {
    await assertFaultConforms(
      partition,
      partition.parse({ link: 'payment->acquirer', direction }),
      environment,
      signal,
    );
  }
});

test('kill-leader of every engine conforms on single servers', async () => {
  for (const engine of ENGINES) {
    await assertFaultConforms(killLeader, { engine, topology: 'compact' }, environment, signal);
  }
});

test('rolling-restart of one broker conforms', async () => {
  await assertFaultConforms(rollingRestart, { engine: 'kafka', topology: 'compact' }, environment, signal);
});

test('flush-cache empties the cache, and is refused proof by an empty one', async () => {
  const port = environment.port('redis');
  await using redis = { client: new Redis({ port }), [Symbol.asyncDispose]: async () => redis.client.disconnect() };
  await redis.client.set('conformance', '1');
  const flush = { engine: 'redis', topology: 'compact' } as const;
  await assertFaultConforms(flushCache, flush, environment, signal);
  expect(await redis.client.exists('conformance')).toBe(0);
  await expect(flushCache.inject(environment, flush, AbortSignal.any([signal]))).rejects.toThrow('it is empty');
});

test('every fault draws parameters for every target that it can hit', () => {
  for (const topology of TOPOLOGIES) {
    const components = componentsOf(topology);
    const links = linksOf(topology).map(({ name }) => name);
    for (const fault of FAULTS.filter(({ topologies }) => topologies?.includes(topology) !== false)) {
      const targets = fault.requires.length > 0 ? components : links;
      for (const params of fc.sample(fault.params(targets), { seed: 1, numRuns: 50 })) {
        for (const name of fault.reach(fault.parse(params))) expect([...components, ...links]).toContain(name);
        expect(targets).toContain(fault.reach(fault.parse(params))[0]);
      }
    }
  }
});
