import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComponentName, componentsOf, declarationOf, type Engine, type Topology } from '../contract/components.ts';
import { releaseOutboxes } from './capture-outboxes.ts';
import { entryPorts } from './entry-ports.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { flushRedis, resetMongodbDatabases, resetPostgresDatabases } from './servers/provision-databases.ts';
import { resetTopics } from './servers/provision-topics.ts';
import { makeWorkFolders } from './start-servers.ts';

const CONNECT: ComponentName = 'connect';

/** Processes of ours; they keep data in the servers or, the witnesses, in folders of their own. */
export const ownProcesses = (topology: Topology): readonly ComponentName[] =>
  componentsOf(topology).filter((name) => declarationOf(name).kind !== 'server');

/**
 * Empties every store, topic and ledger and starts the services again, and Kafka Connect, which forgets its connectors; the
 * other servers go on running. Resolves when the
 * processes run; they are ready a little later. Services are stopped in order, so that they leave their consumer groups.
 */
export async function resetData(client: KeeperClient, record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
  const { paths, topology } = record;
  const own = ownProcesses(topology);
  const ports = (engine: Engine) => entryPorts(record, engine);
  const hasConnect = record.publisher === 'debezium';
  const stopped = hasConnect ? [...own, CONNECT] : own;
  await Promise.all(stopped.map((name) => client.request('stop', { name })));
  // A database with a slot in use cannot be dropped.
  if (hasConnect) await releaseOutboxes(record, signal);
  await Promise.all([
    resetTopics(ports('kafka'), signal),
    resetPostgresDatabases(ports('postgres'), signal),
    resetMongodbDatabases(ports('mongodb'), signal),
    flushRedis(ports('redis'), signal),
    ...own.map((name) => rm(join(paths.dataDir, name), { recursive: true, force: true })),
  ]);
  await makeWorkFolders(paths.dataDir, own);
  await Promise.all(stopped.map((name) => client.request('start', { name })));
}
