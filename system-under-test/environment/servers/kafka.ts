import { randomBytes } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KafkaInstallation } from '../components/installation.ts';
import { programOutput } from '../components/program-output.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { withKafkaAdmin } from './kafka-client.ts';
import { KAFKA_LOG_SETTINGS, kafkaJavaArguments } from './kafka-jvm.ts';
import { probeMembership, probePartitions } from './kafka-readiness.ts';
import { kafkaSettings } from './kafka-settings.ts';
import {
  fellowsOf,
  type NodeInTopology,
  type ServerDriver,
  type ServerNode,
  type ServerPlace,
} from './server-driver.ts';
import { tcpExchange } from './tcp-exchange.ts';
import { UTC_LOGS } from './utc-logs.ts';

/** Any 16 bytes in base64url; one is as good as another on a machine where clusters never meet. */
const CLUSTER_ID = 'Y2hhb3MtY29tcGFjdC0wMQ';

/** Kafka as KRaft nodes that are broker and controller. `dataDir` gets `server.properties`, `log4j2.properties` and `logs/`. */
export const KAFKA_SERVER: ServerDriver<'kafka'> = {
  name: 'kafka',
  extraPorts: ['controller'],
  prepare: prepareKafka,
  probe: probeKafka,
  url: (port) => `127.0.0.1:${port}`,
};

async function prepareKafka(
  installation: KafkaInstallation,
  place: ServerPlace,
  signal: AbortSignal,
): Promise<ProcessSpec> {
  const { dataDir, logFile, port, component } = place;
  const logDir = join(dataDir, 'logs');
  await mkdir(logDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const settings = join(dataDir, 'server.properties');
  const members = fellowsOf(place).map((fellow, index) => ({
    nodeId: index + 1,
    controllerPort: controllerPortOf(fellow),
  }));
  const nodeId = fellowsOf(place).findIndex((fellow) => fellow.component === component) + 1;
  await writeFile(settings, kafkaSettings({ nodeId, logDir, port, members, detection: place.detection }));
  await writeFile(join(dataDir, 'log4j2.properties'), KAFKA_LOG_SETTINGS);
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...UTC_LOGS };
  if (!(await exists(join(logDir, 'meta.properties')))) {
    if (await exists(join(installation.formattedStorage, 'meta.properties'))) {
      // Renamed when complete: a copy that was cut short must not pass for formatted storage.
      await cp(installation.formattedStorage, `${logDir}.copy`, { recursive: true });
      await makeStorageOf(nodeId, `${logDir}.copy`);
      await rename(`${logDir}.copy`, logDir);
    } else {
      const format = ['format', '-t', CLUSTER_ID, '-c', settings];
      const args = kafkaJavaArguments(installation, 'use', dataDir, 'kafka.tools.StorageTool', format);
      await programOutput(installation.java, args, { env, cwd: dataDir, signal, timeoutMs: 60_000 });
    }
  }
  return {
    name: component,
    command: installation.java,
    args: kafkaJavaArguments(installation, 'use', dataDir, 'kafka.Kafka', [settings]),
    env,
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

function controllerPortOf({ component, extraPorts }: ServerNode): number {
  const port = extraPorts.controller;
  if (port === undefined) throw new Error(`${component} has no port for its controller`);
  return port;
}

/** Gives copied storage an identity of its own: a node refuses another's, and a folder's id must be unique. */
async function makeStorageOf(nodeId: number, folder: string): Promise<void> {
  const file = join(folder, 'meta.properties');
  const properties = await readFile(file, 'utf8');
  const directoryId = randomBytes(16).toString('base64url');
  await writeFile(
    file,
    properties
      .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
      .replace(/^directory\.id=.*$/m, `directory.id=${directoryId}`),
  );
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** ApiVersions, version 0, correlation id 1, no client id: the cheapest question while nothing answers yet. */
const API_VERSIONS_REQUEST = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/**
 * Ready: alone, the broker answers, leads every partition that it has and coordinates the groups. After a restart it
 * takes requests a little earlier than that and refuses those for a partition whose log is not open yet. One of several:
 * the others know it, and it has caught up with every partition that it replicates.
 */
async function probeKafka(node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const { port } = node;
  const answer = await tcpExchange(port, API_VERSIONS_REQUEST, (bytes) => bytes.length >= 10, signal);
  const [correlationId, errorCode] = [answer.readInt32BE(4), answer.readInt16BE(8)];
  if (correlationId !== 1 || errorCode !== 0) throw new Error(`ApiVersions answered with error code ${errorCode}`);
  await withKafkaAdmin([port], signal, async (admin) => {
    if (fellowsOf(node).length > 1) await probeMembership(admin, port);
    else await probePartitions(admin, await admin.listTopics());
  });
}
