import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rehearseConnect } from '../servers/connect-rehearsal.ts';
import { openCache, openDraft, publish } from './cache-folder.ts';
import { ensure } from './ensure.ts';
import { takeFileLock } from './file-lock.ts';
import type { InstallTools } from './install-tools.ts';
import type { ConnectInstallation } from './installation.ts';
import { KAFKA } from './kafka.ts';

/**
 * Makes what lets a worker start in a fraction of the time: an AppCDS archive of the classes that one real start loads,
 * against a Kafka of its own. Once per Java and class path; both are part of the folder's name.
 */
export async function prepareConnectStart(installation: ConnectInstallation, tools: InstallTools): Promise<void> {
  const target = dirname(installation.sharedArchive);
  if (await exists(installation.sharedArchive)) return;
  const { surroundings, signal } = tools;
  await openCache(surroundings.cacheRoot);
  await using _ = await takeFileLock(`${target}.lock`, {
    signal,
    onWait: (pid) => tools.report(`process ${pid} is preparing it`, 'waiting'),
  });
  if (await exists(installation.sharedArchive)) return;
  // Kafka's own progress is reported by whoever asked for it too.
  const kafka = await ensure(KAFKA, { surroundings, signal, onProgress: () => {} });
  await using draft = await openDraft(surroundings.cacheRoot);
  const folder = join(draft.path, 'prepared');
  await mkdir(folder);
  tools.report('preparing a fast start (once per machine)', 'optimising');
  const made = { ...installation, sharedArchive: join(folder, 'connect.jsa') };
  await rehearseConnect(made, kafka, draft.path, signal);
  await tools.run('chmod', ['-R', 'a+rX', folder], { cwd: draft.path });
  await publish(folder, target, draft.path);
  tools.report(target, 'installed');
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
