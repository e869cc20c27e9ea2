import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, test } from 'vitest';
import { nodesOf } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import type { Fault } from '../../model/fault.ts';
import { faultNamed } from '../catalog.ts';
import { assertFaultConforms } from '../testing/fault-conformance.ts';

const TEST_MS = 240_000;
const topology = 'cluster';
let folder: string;
let environment: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
  const signal = AbortSignal.timeout(180_000);
  environment = await provision({ topology, ports: 'auto', stateDir: folder, runDir: join(folder, 'run'), signal });
}, 200_000);

afterAll(async () => {
  await environment?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}, 60_000);

const cases: readonly (readonly [fault: string, params: object])[] = [
  ['kill-leader', { engine: 'postgres' }],
  ['kill-replica', { engine: 'postgres', nth: 1 }],
  ['switchover', { engine: 'postgres' }],
  ['kill-leader', { engine: 'mongodb' }],
  ['isolate-leader', { engine: 'mongodb' }],
  ['switchover', { engine: 'mongodb' }],
  ['kill-replica', { engine: 'mongodb', nth: 0 }],
  ['kill-leader', { engine: 'redis', of: { kind: 'slot', slot: 16_383 } }],
  ['isolate-leader', { engine: 'redis' }],
  ['kill-replica', { engine: 'redis', nth: 1 }],
  ['kill-leader', { engine: 'kafka' }],
  ['kill-leader', { engine: 'kafka', of: { kind: 'partition', topic: 'order.events', partition: 2 } }],
  ['kill-replica', { engine: 'kafka', nth: 0 }],
  ['kill-brokers', { engine: 'kafka', brokers: nodesOf(topology, 'kafka').slice(1) }],
  ['rolling-restart', { engine: 'kafka' }],
  ['cut-consensus', { engine: 'postgres', who: 'all', how: 'cut' }],
  ['cut-consensus', { engine: 'postgres', who: 'primary', how: 'partition' }],
  ['split-brain', { engine: 'postgres' }],
  ['isolate-leader', { engine: 'postgres' }],
  ['flush-cache', { engine: 'redis' }],
];

test.each(cases)(
  '%s conforms on a cluster: %j',
  async (name, params) => {
    const fault: Fault<unknown> = faultNamed(name);
    if (name === 'flush-cache') await writeToEverySlotRange();
    await assertFaultConforms(fault, { ...params, topology }, environment, AbortSignal.timeout(TEST_MS));
  },
  TEST_MS,
);

/** Enough keys that every master holds some. */
async function writeToEverySlotRange(): Promise<void> {
  const cluster = new Cluster(environment.entryPorts('redis').map((port) => ({ host: '127.0.0.1', port })));
  try {
    await Promise.all(Array.from({ length: 60 }, (_, index) => cluster.set(`conformance-${index}`, '1')));
  } finally {
    cluster.disconnect();
  }
}
