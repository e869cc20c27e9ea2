import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolderOf, openCache, openDraft, publish } from './cache-folder.ts';
import type { ComponentSource } from './component-source.ts';
import { ComponentUnavailable } from './component-unavailable.ts';
import { installDebianPackages } from './debian-packages.ts';
import { takeFileLock } from './file-lock.ts';
import { findOnPath } from './find-on-path.ts';
import type { InstallTools } from './install-tools.ts';
import type { InstallableName } from './installable-name.ts';

/**
 * Installs a server into the cache: into a draft folder, checked there, then renamed to its place in one step. A
 * second process that wants the same server waits and then finds it done.
 */
export async function installIntoCache<N extends InstallableName>(
  source: ComponentSource<N>,
  tools: InstallTools,
): Promise<void> {
  const { surroundings, signal } = tools;
  const target = cacheFolderOf(surroundings.cacheRoot, source);
  await openCache(surroundings.cacheRoot);
  await using _ = await takeFileLock(`${target}.lock`, {
    signal,
    onWait: (pid) => tools.report(`process ${pid} is installing it`, 'waiting'),
  });
  if (await isUsable(source, target, tools)) return;
  await provideInstallers(source, tools);
  await using draft = await openDraft(surroundings.cacheRoot);
  tools.watch(draft.path);
  const folder = join(draft.path, source.name);
  await mkdir(folder);
  await source.install(folder, tools);
  // Whatever the umask is: PostgreSQL runs as another user when we are root.
  await tools.run('chmod', ['-R', 'a+rX', folder], { cwd: draft.path });
  tools.report('checking that it runs', 'verifying');
  const inspection = await source.inspect({ origin: 'cache', path: source.pathInCache(folder) }, surroundings);
  if (!inspection.usable) {
    throw new ComponentUnavailable({
      component: source.name,
      what: `the downloaded copy cannot be used: ${inspection.reason}`,
      where: `log: ${tools.logFile}`,
      todo: `Get the server yourself: ${source.howToGetIt}.`,
    });
  }
  await publish(folder, target, draft.path);
  tools.report(target, 'installed');
}

async function isUsable<N extends InstallableName>(
  source: ComponentSource<N>,
  folder: string,
  { surroundings }: InstallTools,
): Promise<boolean> {
  return (await source.inspect({ origin: 'cache', path: source.pathInCache(folder) }, surroundings)).usable;
}

/** Checks that the installers are there; root gets the missing ones from Debian. */
async function provideInstallers<N extends InstallableName>(
  source: ComponentSource<N>,
  tools: InstallTools,
): Promise<void> {
  const { env, isRoot } = tools.surroundings;
  for (const { program, debianPackage } of source.installers) {
    if (await findOnPath(program, env)) continue;
    if (isRoot && (await findOnPath('apt-get', env))) {
      await installDebianPackages([debianPackage], tools);
      continue;
    }
    throw new ComponentUnavailable({
      component: source.name,
      what: `it is not installed, and ${program}, which would install it, is missing`,
      where: 'PATH',
      todo: `Install ${program} (Debian: apt-get install ${debianPackage}), or get the server yourself: ${source.howToGetIt}.`,
    });
  }
}
