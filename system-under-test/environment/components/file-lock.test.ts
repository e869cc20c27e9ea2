import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeFileLock } from './file-lock.ts';
import { ScratchFolder } from './testing/scratch-folder.ts';

const soon = () => AbortSignal.timeout(5_000);

test('one holder at a time, each gets its turn, and no file is left', async () => {
  await using scratch = await ScratchFolder.create();
  const path = join(scratch.path, 'x.lock');
  let holders = 0;
  let turns = 0;
  const take = async () => {
    await using _ = await takeFileLock(path, { signal: soon() });
    holders += 1;
    expect(holders).toBe(1);
    await new Promise(setImmediate);
    turns += 1;
    holders -= 1;
  };
  await Promise.all([take(), take(), take()]);
  expect(turns).toBe(3);
  expect(await readdir(scratch.path)).toEqual(['bin']);
});

test('whoever waits learns the holder, and stops waiting when told to', async () => {
  await using scratch = await ScratchFolder.create();
  const path = join(scratch.path, 'x.lock');
  await using _ = await takeFileLock(path, { signal: soon() });
  const stop = new AbortController();
  const holders: number[] = [];
  const waiting = takeFileLock(path, {
    signal: stop.signal,
    onWait(pid) {
      holders.push(pid);
      stop.abort();
    },
  });
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  expect(holders).toEqual([process.pid]);
});

const deadPid = () => Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));

test.each([
  ['of a process that is gone', () => JSON.stringify({ pid: deadPid(), bootTicks: '1', token: 'a' })],
  ['of an earlier process with a pid of today', () => JSON.stringify({ pid: process.pid, bootTicks: '1', token: 'a' })],
  ['that a power cut left torn', () => '{"pid":'],
  ['that is empty', () => ''],
])('the lock %s is taken over', async (_, content) => {
  await using scratch = await ScratchFolder.create();
  const path = join(scratch.path, 'x.lock');
  await writeFile(path, content());
  await using lock = await takeFileLock(path, { signal: soon() });
  expect(lock).toBeDefined();
});
