import { existsSync, mkdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { removeWithMounts } from '../data-disk.ts';
import { stalePath } from '../environment-lock.ts';
import { Keeper } from './keeper.ts';
import { identify } from './process-identity.ts';
import { Scratch } from './testing/scratch.ts';

vi.mock('../data-disk.ts', async (original) => {
  const disk = await original<typeof import('../data-disk.ts')>();
  return { ...disk, removeWithMounts: vi.fn(disk.removeWithMounts) };
});

/** A keeper in this process, of an environment without children. */
function keeperOf({ id, paths }: Scratch) {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process is not in /proc');
  for (const folder of [paths.controlDir, paths.logsDir]) mkdirSync(folder, { recursive: true });
  const logged: string[] = [];
  let exited = (_code: number): void => {};
  const exitCode = new Promise<number>((resolve) => {
    exited = resolve;
  });
  const keeper = new Keeper({
    environmentId: id,
    paths,
    self,
    setpriv: undefined,
    beforeStart: async () => {},
    claimTimeoutMs: 60_000,
    log: (message) => logged.push(message),
    exit: (code) => exited(code),
  });
  return { keeper, logged, exitCode };
}

it('ends without a trace', async () => {
  using scratch = new Scratch();
  scratch.lock();
  const { keeper, exitCode } = keeperOf(scratch);
  await keeper.listen();
  expect(await keeper.end('asked to')).toEqual([]);
  expect(await exitCode).toBe(0);
  expect([scratch.paths.runtimeDir, scratch.paths.lock].filter(existsSync)).toEqual([]);
});

it('does all the rest, and exits, when one step of ending fails', async () => {
  using scratch = new Scratch();
  scratch.lock();
  const { keeper, logged, exitCode } = keeperOf(scratch);
  await keeper.listen();
  // Records cannot be written any more (their draft is a folder), nor is the record of a shared environment a file.
  mkdirSync(`${scratch.paths.processRecords}.next`);
  mkdirSync(scratch.paths.shared);
  expect(await keeper.end('asked to')).toEqual([]);
  expect(await exitCode).toBe(1);
  expect([scratch.paths.runtimeDir, scratch.paths.lock].filter(existsSync)).toEqual([]);
  expect(logged).toEqual([
    'ending: asked to',
    expect.stringMatching(/^removing the record of the shared environment: .*EISDIR/s),
    'ended',
  ]);
});

it('leaves to the next start what it cannot remove, and the place to whoever wants it', async () => {
  using scratch = new Scratch();
  scratch.lock();
  const { keeper, exitCode } = keeperOf(scratch);
  await keeper.listen();
  const { runtimeDir, lock } = scratch.paths;
  vi.mocked(removeWithMounts).mockImplementationOnce(() => {
    throw new Error('it is in use');
  });
  await keeper.end('asked to');
  expect(await exitCode).toBe(1);
  expect([runtimeDir, lock, stalePath(lock, scratch.id)].map((path) => existsSync(path))).toEqual([true, false, true]);
});

it('exits also when its lock cannot be read', async () => {
  using scratch = new Scratch();
  const { keeper, logged, exitCode } = keeperOf(scratch);
  await keeper.listen();
  mkdirSync(scratch.paths.lock, { recursive: true });
  await keeper.end('asked to');
  expect(await exitCode).toBe(1);
  expect(existsSync(scratch.paths.runtimeDir)).toBe(false);
  expect(logged).toContainEqual(expect.stringContaining('releasing the lock: the environment lock cannot be read'));
});
