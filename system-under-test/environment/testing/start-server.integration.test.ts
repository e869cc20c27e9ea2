import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isFree } from '../servers/free-port.ts';
import { startServer } from './start-server.ts';

test('disposing leaves no process, no data and no taken port', async () => {
  const server = await startServer('redis');
  const { pid, port, spec } = server;
  expect(() => process.kill(pid, 0)).not.toThrow();
  await server[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await expect(access(spec.cwd)).rejects.toThrow('ENOENT');
  expect(await isFree(port)).toBe(true);
});

test('an aborted start rejects and leaves no process', async () => {
  await expect(startServer('kafka', { signal: AbortSignal.timeout(400) })).rejects.toThrow();
});

test('a server ends when the process that started it is killed', async () => {
  const module = fileURLToPath(new URL('./start-server.ts', import.meta.url));
  const program = `const { startServer } = await import(${JSON.stringify(module)});
    const server = await startServer('redis');
    console.log(server.port, server.spec.cwd);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: starter.stdout }), 'line');
  const [port, dataDir] = [Number(String(line).split(' ')[0]), String(line).split(' ')[1] ?? ''];
  expect(await isFree(port)).toBe(false);
  starter.kill('SIGKILL');
  await expect.poll(() => isFree(port), { timeout: 5_000 }).toBe(true);
  await rm(dirname(dataDir), { recursive: true });
});
