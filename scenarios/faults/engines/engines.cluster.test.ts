import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, test } from 'vitest';
import type { Environment } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import type { Fault } from '../../model/fault.ts';
import { faultNamed } from '../catalog.ts';
import { CASES_ON_CLUSTER } from '../testing/conformance-cases.ts';
import { assertFaultConforms } from '../testing/fault-conformance.ts';

const TEST_MS = 240_000;
let folder: string;
let environment: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
  const signal = AbortSignal.timeout(180_000);
  environment = await provision({
    ...{ topology: 'cluster', ports: 'auto', stateDir: folder },
    ...{ runDir: join(folder, 'run'), signal },
  });
}, 200_000);

afterAll(async () => {
  await environment?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}, 60_000);

test.each(CASES_ON_CLUSTER)(
  '%s conforms on a cluster: %j',
  async (name, params) => {
    const fault: Fault<unknown> = faultNamed(name);
    if (name === 'flush-cache') await writeToEverySlotRange();
    await assertFaultConforms(fault, params, environment, AbortSignal.timeout(TEST_MS));
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
