import { access, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KafkaInstallation } from '../components/installation.ts';
import { programOutput } from '../components/program-output.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { freePort } from './free-port.ts';
import { withKafkaAdmin } from './kafka-client.ts';
import { KAFKA_LOG_SETTINGS, kafkaJavaArguments } from './kafka-jvm.ts';
import { probePartitions } from './kafka-readiness.ts';
import { kafkaSettings } from './kafka-settings.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';
import { tcpExchange } from './tcp-exchange.ts';

/** Any 16 bytes in base64url; one is as good as another on a machine where clusters never meet. */
const CLUSTER_ID = 'Y2hhb3MtY29tcGFjdC0wMQ';

/** Kafka as one KRaft node. `dataDir` gets `server.properties`, `log4j2.properties` and `logs/`. */
export const KAFKA_SERVER: ServerDriver<'kafka'> = {
  name: 'kafka',
  prepare: prepareKafka,
  probe: ({ port }, signal) => probeKafka(port, signal),
  url: (port) => `127.0.0.1:${port}`,
};

async function prepareKafka(
  installation: KafkaInstallation,
  { dataDir, logFile, port }: ServerPlace,
  signal: AbortSignal,
): Promise<ProcessSpec> {
  const logDir = join(dataDir, 'logs');
  await mkdir(logDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const settings = join(dataDir, 'server.properties');
  const controllerPort = (await controllerPortIn(settings)) ?? (await freePort(new Set([port])));
  await writeFile(settings, kafkaSettings({ logDir, port, controllerPort }));
  await writeFile(join(dataDir, 'log4j2.properties'), KAFKA_LOG_SETTINGS);
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
  if (!(await exists(join(logDir, 'meta.properties')))) {
    if (await exists(join(installation.formattedStorage, 'meta.properties'))) {
      // Renamed when complete: a copy that was cut short must not pass for formatted storage.
      await cp(installation.formattedStorage, `${logDir}.copy`, { recursive: true });
      await rename(`${logDir}.copy`, logDir);
    } else {
      const format = ['format', '-t', CLUSTER_ID, '-c', settings];
      const args = kafkaJavaArguments(installation, 'use', dataDir, 'kafka.tools.StorageTool', format);
      await programOutput(installation.java, args, { env, cwd: dataDir, signal, timeoutMs: 60_000 });
    }
  }
  return {
    name: 'kafka',
    command: installation.java,
    args: kafkaJavaArguments(installation, 'use', dataDir, 'kafka.Kafka', [settings]),
    env,
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

/** The controller's port of an earlier preparation: the quorum's address must not change under existing data. */
async function controllerPortIn(settings: string): Promise<number | undefined> {
  const text = await readFile(settings, 'utf8').catch(() => '');
  const port = /^controller\.quorum\.voters=1@127\.0\.0\.1:(\d+)$/m.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** ApiVersions, version 0, correlation id 1, no client id: the cheapest question while nothing answers yet. */
const API_VERSIONS_REQUEST = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/**
 * Ready: the broker answers, leads every partition that it has and coordinates the groups. After a restart it takes
 * requests a little earlier than that and refuses those for a partition whose log is not open yet.
 */
async function probeKafka(port: number, signal: AbortSignal): Promise<void> {
  const answer = await tcpExchange(port, API_VERSIONS_REQUEST, (bytes) => bytes.length >= 10, signal);
  const [correlationId, errorCode] = [answer.readInt32BE(4), answer.readInt16BE(8)];
  if (correlationId !== 1 || errorCode !== 0) throw new Error(`ApiVersions answered with error code ${errorCode}`);
  await withKafkaAdmin([port], signal, async (admin) => probePartitions(admin, await admin.listTopics()));
}
