import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConnectInstallation } from '../components/installation.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { connectSettings } from './connect-settings.ts';
import { KAFKA_LOG_SETTINGS, kafkaJavaArguments } from './kafka-jvm.ts';
import { ensureRunning } from './provision-connectors.ts';
import type { ServerDriver, ServerNode, ServerPlace } from './server-driver.ts';

/** A Kafka Connect worker; while it finds no broker it waits, for a minute. Its connectors are made by `provision-connectors.ts`. */
export const CONNECT_SERVER: ServerDriver<'connect'> = {
  name: 'connect',
  prepare: prepareConnect,
  probe: probeConnect,
  url: (port) => `http://127.0.0.1:${port}`,
};

async function prepareConnect(installation: ConnectInstallation, place: ServerPlace): Promise<ProcessSpec> {
  return connectSpec(installation, 'use', place);
}

/** `archive`: start with the AppCDS archive when it is there, or make it when the worker ends. */
export async function connectSpec(
  installation: ConnectInstallation,
  archive: 'use' | 'make',
  place: ServerPlace,
): Promise<ProcessSpec> {
  const { dataDir, logFile, port, component, nodes } = place;
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const brokers = nodes.filter(({ server }) => server === 'kafka').map((node) => `127.0.0.1:${place.reach(node)}`);
  if (brokers.length === 0) throw new Error('Kafka Connect needs Kafka beside it');
  const settings = join(dataDir, 'worker.properties');
  await writeFile(settings, connectSettings({ port, brokers, plugins: installation.plugins }));
  await writeFile(join(dataDir, 'log4j2.properties'), KAFKA_LOG_SETTINGS);
  const mainClass = 'org.apache.kafka.connect.cli.ConnectDistributed';
  return {
    name: component,
    command: installation.java,
    args: kafkaJavaArguments(installation, archive, dataDir, mainClass, [settings]),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

/** Ready: its REST API answers, which it does once it has read its topics, and nothing that it runs has failed. */
async function probeConnect({ port }: ServerNode, signal: AbortSignal): Promise<void> {
  await ensureRunning(port, 0, signal);
}
