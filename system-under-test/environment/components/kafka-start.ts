import { access, cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KAFKA_SERVER } from '../servers/kafka.ts';
import { kafkaJavaArguments } from '../servers/kafka-jvm.ts';
import { rehearse } from '../servers/kafka-rehearsal.ts';
import { directPlace, freeNodes } from '../servers/place-nodes.ts';
import { openCache, openDraft, publish } from './cache-folder.ts';
import { takeFileLock } from './file-lock.ts';
import type { InstallTools } from './install-tools.ts';
import type { KafkaInstallation } from './installation.ts';
import { programOutput } from './program-output.ts';

/** Less than this is no archive of Kafka's classes: it has about 50 MB. */
const SMALLEST_ARCHIVE_BYTES = 10_000_000;

/**
 * Makes what lets Kafka start in a third of the time: an AppCDS archive of the classes that one real start and a
 * little work load, and formatted storage to copy. Once per Java and class path; both are part of the folder's name.
 */
export async function prepareKafkaStart(installation: KafkaInstallation, tools: InstallTools): Promise<void> {
  const target = dirname(installation.sharedArchive);
  if (await exists(installation.sharedArchive)) return;
  const { cacheRoot } = tools.surroundings;
  await openCache(cacheRoot);
  await using _ = await takeFileLock(`${target}.lock`, {
    signal: tools.signal,
    onWait: (pid) => tools.report(`process ${pid} is preparing it`, 'waiting'),
  });
  if (await exists(installation.sharedArchive)) return;
  await using draft = await openDraft(cacheRoot);
  const folder = join(draft.path, 'prepared');
  await mkdir(folder);
  const made: KafkaInstallation = {
    ...installation,
    sharedArchive: join(folder, 'kafka.jsa'),
    formattedStorage: join(folder, 'storage'),
  };
  tools.report('preparing a fast start (once per machine)', 'optimising');
  await recordStart(made, join(draft.path, 'data'), tools);
  await checkArchive(made, join(draft.path, 'data'), tools);
  await tools.run('chmod', ['-R', 'a+rX', folder], { cwd: draft.path });
  await publish(folder, target, draft.path);
  tools.report(target, 'installed');
}

/** Formats storage and keeps a copy, then starts Kafka once so that the JVM writes the archive when it ends. */
async function recordStart(made: KafkaInstallation, dataDir: string, tools: InstallTools): Promise<void> {
  const logFile = join(dirname(dataDir), 'kafka.log');
  const nodes = await freeNodes(KAFKA_SERVER, 1);
  const [node] = nodes;
  if (node === undefined) throw new Error('there is no node to start');
  const place = directPlace(node, { nodes, dataDir, logFile, programs: {} });
  const spec = await KAFKA_SERVER.prepare(made, place, tools.signal);
  await cp(join(dataDir, 'logs'), made.formattedStorage, { recursive: true });
  const settings = join(dataDir, 'server.properties');
  const args = kafkaJavaArguments(made, 'make', dataDir, 'kafka.Kafka', [settings]);
  await rehearse({ ...spec, args }, place, tools.signal);
}

/** Starts a small class of Kafka with the archive and makes sure that classes came out of it. */
async function checkArchive(made: KafkaInstallation, folder: string, tools: InstallTools): Promise<void> {
  const { size } = await stat(made.sharedArchive);
  const args = kafkaJavaArguments(made, 'use', folder, 'kafka.Kafka', ['--version']);
  const output = await programOutput(made.java, ['-Xlog:class+load=info', ...args], {
    env: tools.surroundings.env,
    signal: tools.signal,
  });
  if (size < SMALLEST_ARCHIVE_BYTES || !output.includes('shared objects file (top)')) {
    throw new Error(`${made.java} does not use the AppCDS archive that it made (${size} bytes)`);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
