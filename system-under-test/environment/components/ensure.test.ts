import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComponentSource } from './component-source.ts';
import { ensure } from './ensure.ts';
import type { InstallProgress } from './install-progress.ts';
import { REDIS } from './redis.ts';
import type { Surroundings } from './surroundings.ts';
import { ScratchFolder } from './testing/scratch-folder.ts';

/** Redis as it is found, installed by a shell command instead of a download. */
const redisInstalledBy = (command: string): ComponentSource<'redis'> => ({
  ...REDIS,
  installers: [],
  async install(folder, tools) {
    await mkdir(join(folder, 'usr', 'bin'), { recursive: true });
    await tools.run('/bin/sh', ['-c', command], { cwd: join(folder, 'usr', 'bin'), env: { PATH: '/usr/bin:/bin' } });
  },
});
const WRITE_SERVER = `printf '#!/bin/sh\\necho v=7.0.9' > redis-server; chmod +x redis-server`;

const run = (source: ComponentSource<'redis'>, surroundings: Surroundings, seen: InstallProgress[] = []) =>
  ensure(source, { surroundings, signal: AbortSignal.timeout(5_000), onProgress: (progress) => seen.push(progress) });

const drafts = async (scratch: ScratchFolder) =>
  (await readdir(join(scratch.path, 'cache'))).filter((entry) => /draft|lock/.test(entry));

// The search path needs chmod; everything else the sources use is found through it too.
const withShell = (scratch: ScratchFolder) => scratch.surroundings({ PATH: '/usr/bin:/bin', CHAOS_REDIS_SERVER: '' });

const onlyCache = (source: ComponentSource<'redis'>): ComponentSource<'redis'> => ({
  ...source,
  candidates: async () => [],
});

test('a missing server is installed once, also when two ask for it at the same time', async () => {
  await using scratch = await ScratchFolder.create();
  const tally = join(scratch.path, 'tally');
  const source = onlyCache(redisInstalledBy(`echo x >> ${tally}; sleep 0.1; ${WRITE_SERVER}`));
  const [first, second] = await Promise.all([run(source, withShell(scratch)), run(source, withShell(scratch))]);
  expect(first).toMatchObject({ origin: 'cache', version: '7.0.9' });
  expect(second).toEqual(first);
  expect(await readFile(tally, 'utf8')).toBe('x\n');
  expect(await drafts(scratch)).toEqual([]);
});

test('progress names the phases in order', async () => {
  await using scratch = await ScratchFolder.create();
  const seen: InstallProgress[] = [];
  await run(onlyCache(redisInstalledBy(WRITE_SERVER)), withShell(scratch), seen);
  expect(seen.map(({ phase }) => phase)).toEqual(['verifying', 'installed']);
});

test('a failing installer leaves its words in a log, and nothing half done', async () => {
  await using scratch = await ScratchFolder.create();
  const source = onlyCache(redisInstalledBy('echo "cannot do that" >&2; exit 3'));
  await expect(run(source, withShell(scratch))).rejects.toMatchObject({
    name: 'ComponentUnavailable',
    component: 'redis',
    what: expect.stringContaining('cannot do that'),
    where: expect.stringContaining('redis-install.log'),
  });
  expect(await drafts(scratch)).toEqual([]);
});

test('a copy that does not run after its download is refused', async () => {
  await using scratch = await ScratchFolder.create();
  const source = onlyCache(redisInstalledBy(`printf '#!/bin/sh\\nexit 1' > redis-server; chmod +x redis-server`));
  await expect(run(source, withShell(scratch))).rejects.toMatchObject({
    what: expect.stringContaining('does not run'),
  });
  await expect(access(join(scratch.path, 'cache', 'redis-7.0'))).rejects.toThrow('ENOENT');
});

test('a damaged copy in the cache is replaced', async () => {
  await using scratch = await ScratchFolder.create();
  await scratch.script('cache/redis-7.0/usr/bin/redis-server', 'exit 1');
  await writeFile(join(scratch.path, 'cache', 'redis-7.0', 'remnant'), '');
  const installation = await run(onlyCache(redisInstalledBy(WRITE_SERVER)), withShell(scratch));
  expect(installation.version).toBe('7.0.9');
  expect(await readdir(join(scratch.path, 'cache', 'redis-7.0'))).toEqual(['usr']);
});

test('a missing installer is named together with its package', async () => {
  await using scratch = await ScratchFolder.create();
  const source = { ...REDIS, installers: [{ program: 'mvn', debianPackage: 'maven' }] };
  await expect(run(source, scratch.surroundings())).rejects.toMatchObject({
    what: expect.stringContaining('mvn'),
    todo: expect.stringContaining('apt-get install maven'),
  });
});

test('an aborted installation ends its processes at once and rejects with the reason', async () => {
  await using scratch = await ScratchFolder.create();
  const stop = new AbortController();
  const pidFile = join(scratch.path, 'pid');
  const source = onlyCache(redisInstalledBy(`sleep 60 & echo $! > ${pidFile}; wait`));
  const work = ensure(source, { surroundings: withShell(scratch), signal: stop.signal, onProgress: () => {} });
  const pid = await expect
    .poll(async () => Number(await readFile(pidFile, 'utf8').catch(() => '0')), { interval: 10 })
    .toBeGreaterThan(0)
    .then(async () => Number(await readFile(pidFile, 'utf8')));
  stop.abort(new Error('enough'));
  await expect(work).rejects.toThrow('enough');
  await expect.poll(() => isAlive(pid), { interval: 10 }).toBe(false);
  expect(await drafts(scratch)).toEqual([]);
});

test('drafts of installations that died are removed', async () => {
  await using scratch = await ScratchFolder.create();
  await mkdir(join(scratch.path, 'cache', 'draft-4194304999-abc'), { recursive: true });
  await run(onlyCache(redisInstalledBy(WRITE_SERVER)), withShell(scratch));
  expect(await drafts(scratch)).toEqual([]);
});

async function isAlive(pid: number): Promise<boolean> {
  // A zombie whose parent has not collected it yet is dead.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !stat.includes(') Z ');
}
