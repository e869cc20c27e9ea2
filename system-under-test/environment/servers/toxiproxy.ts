import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Installation } from '../components/installation.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';

/** Toxiproxy; `port` is its control API. Proxies live in its memory and are gone after a restart. */
export const TOXIPROXY_SERVER: ServerDriver<'toxiproxy'> = {
  name: 'toxiproxy',
  prepare: prepareToxiproxy,
  probe: ({ port }, signal) => probeToxiproxy(port, signal),
  url: (port) => `http://127.0.0.1:${port}`,
};

async function prepareToxiproxy(
  installation: Installation,
  { dataDir, logFile, port }: ServerPlace,
): Promise<ProcessSpec> {
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  return {
    name: 'toxiproxy',
    command: installation.path,
    // Without the metrics a link's byte counts cannot be read.
    args: ['-host', '127.0.0.1', '-port', String(port), '-proxy-metrics'],
    env: { PATH: '/usr/bin:/bin', LOG_LEVEL: 'info' },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    logFile,
  };
}

async function probeToxiproxy(port: number, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/version`, { signal });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Toxiproxy answered GET /version with ${response.status}`);
}
