import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KAFKA } from './kafka.ts';
import { locate } from './locate.ts';
import { REDIS } from './redis.ts';
import { ScratchFolder } from './testing/scratch-folder.ts';

const redisPrints = (version: string) => `echo "Redis server v=${version} sha=0"`;
const IN_CACHE = 'cache/redis-7.0/usr/bin/redis-server';

test('a configured copy comes before one on PATH, that before one in the cache', async () => {
  await using scratch = await ScratchFolder.create();
  expect(await locate(REDIS, scratch.surroundings())).toMatchObject({ found: false });

  const cached = await scratch.script(IN_CACHE, redisPrints('7.0.1'));
  expect(await locate(REDIS, scratch.surroundings())).toMatchObject({
    installation: { origin: 'cache', version: '7.0.1', path: cached },
  });

  const onPath = await scratch.script('bin/redis-server', redisPrints('7.2.0'));
  expect(await locate(REDIS, scratch.surroundings())).toMatchObject({
    installation: { origin: 'path', version: '7.2.0', path: onPath },
  });

  const configured = await scratch.script('mine/redis-server', redisPrints('8.0.0'));
  expect(await locate(REDIS, scratch.surroundings({ CHAOS_REDIS_SERVER: configured }))).toMatchObject({
    installation: { origin: 'configured', version: '8.0.0', path: configured },
  });
});

test('a copy on PATH that is too old, silent or broken is passed over, and said to be', async () => {
  await using scratch = await ScratchFolder.create();
  await scratch.script(IN_CACHE, redisPrints('7.0.1'));
  for (const body of [redisPrints('6.2.0'), 'echo hello', 'exit 1']) {
    await scratch.script('bin/redis-server', body);
    expect(await locate(REDIS, scratch.surroundings())).toMatchObject({ installation: { origin: 'cache' } });
  }
  await scratch.script('bin/redis-server', redisPrints('6.2.0'));
  await scratch.script(IN_CACHE, 'exit 1');
  const located = await locate(REDIS, scratch.surroundings());
  expect(located.found ? [] : located.reasons).toEqual([
    expect.stringContaining('is version 6.2.0, needed is 7.0 or newer'),
    expect.stringContaining('does not run'),
  ]);
});

test('a configured copy that cannot be used is an error that names the variable, not a reason to take another', async () => {
  await using scratch = await ScratchFolder.create();
  await scratch.script('bin/redis-server', redisPrints('7.0.1'));
  await expect(locate(REDIS, scratch.surroundings({ CHAOS_REDIS_SERVER: '/nowhere' }))).rejects.toMatchObject({
    name: 'ComponentUnavailable',
    component: 'redis',
    where: 'CHAOS_REDIS_SERVER',
  });
});

test('Kafka without a Java that is new enough says so and how to get it', async () => {
  await using scratch = await ScratchFolder.create();
  const missing = { name: 'ComponentUnavailable', todo: expect.stringContaining('openjdk-17-jre-headless') };
  await expect(locate(KAFKA, scratch.surroundings())).rejects.toMatchObject({
    ...missing,
    what: 'Java 17+ is missing: no java was found',
  });
  await scratch.script('bin/java', `echo 'openjdk version "11.0.2"' >&2`);
  await expect(locate(KAFKA, scratch.surroundings())).rejects.toMatchObject({
    ...missing,
    what: expect.stringContaining('is Java 11.0.2'),
  });
});

test('another Java or other jars give Kafka another archive, the same ones the same', async () => {
  await using scratch = await ScratchFolder.create();
  const home = join(scratch.path, 'kafka');
  await scratch.script('kafka/libs/kafka_2.13-4.3.1.jar', '');
  const surroundings = scratch.surroundings({ CHAOS_KAFKA_HOME: home });
  const archive = async () => {
    const located = await locate(KAFKA, surroundings);
    return located.found ? located.installation.sharedArchive : undefined;
  };
  await scratch.script('bin/java', `echo 'openjdk version "17.0.1"' >&2`);
  const first = await archive();
  expect(first).toContain('kafka-4.3.1-java-');
  expect(await archive()).toBe(first);
  await scratch.script('bin/java', `echo 'openjdk version "17.0.2"' >&2`);
  const second = await archive();
  expect(second).not.toBe(first);
  await scratch.script('kafka/libs/another.jar', '');
  expect(await archive()).not.toBe(second);
});
