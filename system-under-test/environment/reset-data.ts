import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { COMPONENT_NAMES, COMPONENTS, type ComponentName } from '../contract/components.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { flushRedis, resetMongodbDatabases, resetPostgresDatabases } from './servers/provision-databases.ts';
import { resetTopics } from './servers/provision-topics.ts';
import { makeWorkFolders } from './start-servers.ts';

/** Processes of ours; they keep data in the servers or, the witnesses, in folders of their own. */
export const OWN_PROCESSES: readonly ComponentName[] = COMPONENT_NAMES.filter(
  (name) => COMPONENTS[name].kind !== 'server',
);

/**
 * Empties every store, topic and ledger and starts the services again; the servers go on running. Resolves when the
 * processes run; they are ready a little later. Services are stopped in order, so that they leave their consumer groups.
 */
export async function resetData(client: KeeperClient, record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
  const { ports, paths } = record;
  await Promise.all(OWN_PROCESSES.map((name) => client.request('stop', { name })));
  await Promise.all([
    resetTopics(ports.kafka, signal),
    resetPostgresDatabases(ports.postgres, signal),
    resetMongodbDatabases(ports.mongodb, signal),
    flushRedis(ports.redis, signal),
    ...OWN_PROCESSES.map((name) => rm(join(paths.dataDir, name), { recursive: true, force: true })),
  ]);
  await makeWorkFolders(paths.dataDir, OWN_PROCESSES);
  await Promise.all(OWN_PROCESSES.map((name) => client.request('start', { name })));
}
