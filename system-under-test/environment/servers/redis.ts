import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { joinRedisCluster, probeRedisCluster } from './redis-cluster.ts';
import { fellowsOf, type NodeInTopology, type ServerDriver, type ServerPlace } from './server-driver.ts';
import { tcpExchange } from './tcp-exchange.ts';
import { UTC_LOGS } from './utc-logs.ts';

/** Redis as a pure cache: nothing is written to disk, a restart comes back empty. Several nodes form a cluster. */
export const REDIS_SERVER: ServerDriver<'redis'> = {
  name: 'redis',
  extraPorts: ['bus'],
  prepare: prepareRedis,
  initialise: async (node, signal) => {
    if (fellowsOf(node).length > 1) await joinRedisCluster(node, signal);
  },
  probe: probeRedis,
  url: (port) => `redis://127.0.0.1:${port}`,
};

/** How soon the others replace a master that is silent: after this and an election; Redis's own is 15 s. */
const FAST_NODE_TIMEOUT_MS = 1_500;

const AVAILABILITY: Readonly<Record<string, string | number>> = {
  // However long a replica was cut off: what it lacks of a cache is no reason to stay without a master.
  'cluster-replica-validity-factor': 0,
  // One lost pair of nodes must not stop the others.
  'cluster-require-full-coverage': 'no',
};

async function prepareRedis(installation: Installation, place: ServerPlace): Promise<ProcessSpec> {
  const { dataDir, logFile, port, component } = place;
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const loopback = ['--bind', '127.0.0.1', '--protected-mode', 'yes'];
  const cluster = {
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-port': place.extraPorts.bus ?? port + 10_000,
    'cluster-announce-ip': '127.0.0.1',
    ...AVAILABILITY,
    ...(place.detection === 'default' ? {} : { 'cluster-node-timeout': FAST_NODE_TIMEOUT_MS }),
  };
  const isClustered = fellowsOf(place).length > 1;
  return {
    name: component,
    command: installation.path,
    args: [
      ...['--port', String(port), ...loopback, '--dir', dataDir, '--save', '', '--appendonly', 'no'],
      ...(isClustered ? Object.entries(cluster).flatMap(([key, value]) => [`--${key}`, String(value)]) : []),
    ],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...UTC_LOGS, ...libraryEnvironment(installation.libraryFolders) },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    logFile,
  };
}

async function probeRedis(node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const answer = await tcpExchange(node.port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'), signal);
  const text = answer.toString('utf8').trim();
  if (text !== '+PONG') throw new Error(`Redis answered PING with ${text}`);
  if (fellowsOf(node).length > 1) await probeRedisCluster(node, signal);
}
