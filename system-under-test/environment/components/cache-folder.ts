import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from './has-code.ts';
import type { InstallableName } from './installable-name.ts';

/** Readable and searchable for every user: a server that refuses to run as root runs from here under another one. */
const FOLDER_MODE = 0o755;

export const cacheFolderOf = (cacheRoot: string, source: { name: InstallableName; installedVersion: string }): string =>
  join(cacheRoot, `${source.name}-${source.installedVersion}`);

/** Makes the cache and removes drafts that installations of dead processes left in it. */
export async function openCache(cacheRoot: string): Promise<void> {
  await makeFolder(cacheRoot);
  for (const entry of await readdir(cacheRoot)) {
    const owner = /^draft-(\d+)-/.exec(entry)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) {
      await rm(join(cacheRoot, entry), { recursive: true, force: true });
    }
  }
}

/** Like `mkdir -p`; Node's own `recursive` never returns below /proc and its like, where nothing can be made. */
async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

/** Leaves alone what is there: on a first run every server is looked for at once, and one of them makes the folder. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    throw error;
  }
  // Not as an option of mkdir: that one is narrowed by the umask.
  await chmod(path, FOLDER_MODE);
}

/** An empty folder beside the final one (same file system: it can be renamed), removed when disposed of. */
export async function openDraft(cacheRoot: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(cacheRoot, `draft-${process.pid}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Moves a complete folder to its place in one step. What is there already was judged unusable (else nothing would
 * have been installed) and makes room; when another process was faster meanwhile, its copy is as good as ours.
 */
export async function publish(folder: string, target: string, draft: string): Promise<void> {
  await rename(target, join(draft, 'replaced')).catch(ignoreAbsence);
  try {
    await rename(folder, target);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}

function ignoreAbsence(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
