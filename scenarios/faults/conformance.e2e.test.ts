import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentsOf, linksOf, TOPOLOGIES } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import { driveOrders } from '../load/drive-orders.ts';
import { seedStock } from '../rto/seed-stock.ts';
import { HttpPeer } from '../workloads/shop/http-exchange.ts';
import { FAULTS, faultNamed, UNCONDITIONAL_FAULTS } from './catalog.ts';
import { clockJump } from './clock-jump.ts';
import { crashInTransaction } from './crash-in-transaction.ts';
import { flushCache } from './engines/flush-cache.ts';
import { CASES_AT_REST, CASES_AT_WORK } from './testing/conformance-cases.ts';
import { assertFaultConforms } from './testing/fault-conformance.ts';

const signal = AbortSignal.timeout(590_000);
let folder: string;
let environment: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const prepare = { clocks: ['order', 'orchestrator'], disks: ['postgres'] } as const;
  environment = await provision({ ports: 'auto', stateDir: folder, runDir: join(folder, 'run'), prepare, signal });
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

test.each(CASES_AT_REST)('%s conforms: %j', async (name, params) => {
  await assertFaultConforms(faultNamed(name), params, environment, signal);
});

test('a clock that was not prepared is not set', async () => {
  expect(environment.capabilities('payment')).not.toContain('set-clock');
  await expect(clockJump.inject(environment, { component: 'payment', offsetMs: 90_000 }, signal)).rejects.toThrow(
    'does not support set-clock',
  );
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

test('crash-in-transaction without traffic kills nobody', async () => {
  const params = { service: 'user', window: 'before-commit', topology: 'compact' } as const;
  const starts = async () => (await environment.status()).map(({ name, starts }) => ({ name, starts }));
  const before = await starts();
  await expect(crashInTransaction.inject(environment, params, AbortSignal.any([signal]))).rejects.toThrow('not within');
  expect(await starts()).toEqual(before);
});

// From here on the services are at work, also on what the orders before have left: what needs them quiet stands above.

/** Orders that come until it is disposed. */
async function ordersComing(): Promise<AsyncDisposable> {
  await seedStock(environment, signal);
  const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, 5_000);
  const over = new AbortController();
  const keyPrefix = `crash-${performance.now()}`;
  const drive = { gateway, clients: 2, durationMs: 120_000, keyPrefix, signal: AbortSignal.any([signal, over.signal]) };
  const driven = driveOrders(drive).catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await driven;
      await gateway[Symbol.asyncDispose]();
    },
  };
}

test.for(CASES_AT_WORK)('%s conforms while orders come: %j', async ([name, params], { skip }) => {
  const isMounted = environment.capabilities('postgres').includes('fill-disk');
  skip(name === 'disk-full' && !isMounted, 'nothing may be mounted here');
  await using _orders = await ordersComing();
  await assertFaultConforms(faultNamed(name), params, environment, signal);
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
