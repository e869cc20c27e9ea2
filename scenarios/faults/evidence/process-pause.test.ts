import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import { provenResumed } from './process-pause.ts';

const environment = { whenReady: async () => undefined } as unknown as Environment;
const { signal } = new AbortController();
const paused = (pid: number | undefined): ComponentStatus => ({
  ...{ name: 'order', state: 'running', pid },
  ...{ starts: 1, version: '1', port: 1 },
});

test('a process that goes on is resumed', async () => {
  expect(await provenResumed(environment, paused(process.pid), signal)).toMatchObject({ kind: 'resumed-and-ready' });
});

test('one that still stands still is not', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  child.kill('SIGSTOP');
  await expect.poll(() => provenResumed(environment, paused(child.pid), signal).catch(String)).toMatch('in state T');
  child.kill('SIGKILL');
});

test.each([spawnSync('true').pid, undefined])(
  'nor is one that has died, though another answers in its place',
  async (pid) => {
    await expect(provenResumed(environment, paused(pid), signal)).rejects.toThrow('in state gone');
  },
);
