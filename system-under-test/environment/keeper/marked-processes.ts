import { readFileSync, readlinkSync } from 'node:fs';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { allProcesses } from './process-tree.ts';

/** Environment variable that every child of a keeper carries, and with it whatever the child starts. */
export const ENVIRONMENT_MARK = 'CHAOS_ENVIRONMENT';

/** Processes that carry the mark of an environment, also those whose parents are long gone. */
export function markedProcesses(environmentId: string): readonly ProcessIdentity[] {
  const mark = `${ENVIRONMENT_MARK}=${environmentId}`;
  return allProcesses()
    .filter((stat) => stat.state !== 'Z' && environmentOf(stat.pid).includes(mark))
    .map(identityOf);
}

/**
 * PostgreSQL's processes that work in a folder or below it, also after it was removed: they overwrite their environment,
 * and with it the mark. Whoever else works there, a user's shell, is none of ours.
 */
export function postgresProcessesIn(folder: string): readonly ProcessIdentity[] {
  return allProcesses()
    .filter(
      ({ state, command, pid }) =>
        state !== 'Z' && command.startsWith('postgres') && isWithin(folder, workingFolderOf(pid)),
    )
    .map(identityOf);
}

const isWithin = (folder: string, path: string): boolean => path === folder || path.startsWith(`${folder}/`);

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Ended, or another user's: a user's environment runs as that user, so it is none of ours.
    return [];
  }
}
