import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ComponentName, serviceOf } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import { seedStock } from '../seed-stock.ts';
import { PROBES } from './catalog.ts';

const signal = AbortSignal.timeout(590_000);
let folder: string;
let environment: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probes-'));
  environment = await provision({ ports: 'auto', stateDir: folder, runDir: join(folder, 'run'), signal });
  await seedStock(environment, signal);
});

afterAll(async () => {
  await environment[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const measured = (Object.keys(PROBES) as ComponentName[]).map((component) => ({ component, probe: PROBES[component] }));

test.each(measured)('$probe.name finds what it wrote, and does not succeed without $component', async (each) => {
  const { component, probe } = each;
  if (probe === undefined) throw new Error('there is a probe');
  await using session = probe.connect(environment, 10_000);
  const write = () => session.write(`probe-${randomUUID()}`, AbortSignal.any([signal, AbortSignal.timeout(20_000)]));
  const works = () => expect.poll(async () => session.isStored(await write(), signal), { timeout: 30_000 }).toBe(true);

  await works();
  const instances = environment.components.filter((one) => serviceOf(one) === component);
  try {
    for (const instance of instances) await environment.perform(instance, 'pause', signal);
    await expect(session.write(`probe-${randomUUID()}`, AbortSignal.timeout(1_500))).rejects.toThrow();
  } finally {
    for (const instance of instances) await environment.perform(instance, 'resume', signal);
  }
  await works();
});
