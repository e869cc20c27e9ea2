import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Installation } from '../components/installation.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ServerDriver, ServerNode, ServerPlace } from './server-driver.ts';

const LOOPBACK = 'http://127.0.0.1';

/** etcd, one member: it holds Patroni's leader key, and losing it is a fault that we inject, not a risk that we run. */
export const ETCD_SERVER: ServerDriver<'etcd'> = {
  name: 'etcd',
  extraPorts: ['peer'],
  prepare: prepareEtcd,
  probe: probeEtcd,
  url: (port) => `${LOOPBACK}:${port}`,
};

async function prepareEtcd(installation: Installation, place: ServerPlace): Promise<ProcessSpec> {
  const { dataDir, logFile, port } = place;
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const peerUrl = `${LOOPBACK}:${place.extraPorts.peer}`;
  const listen = ['--listen-client-urls', `${LOOPBACK}:${port}`, '--listen-peer-urls', peerUrl];
  const advertise = ['--advertise-client-urls', `${LOOPBACK}:${place.advertisedPort}`];
  const cluster = ['--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `etcd=${peerUrl}`];
  const logs = ['--logger', 'zap', '--log-level', 'warn', '--log-outputs', 'stdout'];
  const folder = ['--name', 'etcd', '--data-dir', join(dataDir, 'member')];
  return {
    name: place.component,
    command: installation.path,
    args: [...folder, ...listen, ...advertise, ...cluster, ...logs],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    logFile,
  };
}

async function probeEtcd({ port }: ServerNode, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`${LOOPBACK}:${port}/health`, { signal });
  const text = await answer.text();
  if (!answer.ok || !text.includes('"health":"true"')) throw new Error(`etcd answered ${answer.status}: ${text}`);
}
