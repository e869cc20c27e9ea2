import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';
import { tcpExchange } from './tcp-exchange.ts';

/** Redis as a pure cache: nothing is written to disk, a restart comes back empty. */
export const REDIS_SERVER: ServerDriver<'redis'> = {
  name: 'redis',
  prepare: prepareRedis,
  probe: ({ port }, signal) => probeRedis(port, signal),
  url: (port) => `redis://127.0.0.1:${port}`,
};

async function prepareRedis(installation: Installation, { dataDir, logFile, port }: ServerPlace): Promise<ProcessSpec> {
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const loopback = ['--bind', '127.0.0.1', '--protected-mode', 'yes'];
  return {
    name: 'redis',
    command: installation.path,
    args: ['--port', String(port), ...loopback, '--dir', dataDir, '--save', '', '--appendonly', 'no'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...libraryEnvironment(installation.libraryFolders) },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    logFile,
  };
}

async function probeRedis(port: number, signal: AbortSignal): Promise<void> {
  const answer = await tcpExchange(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'), signal);
  const text = answer.toString('utf8').trim();
  if (text !== '+PONG') throw new Error(`Redis answered PING with ${text}`);
}
