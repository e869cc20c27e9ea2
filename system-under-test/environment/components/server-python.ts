import { realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { closedFolderAbove, unprivilegedUser } from '../servers/server-user.ts';
import { isExecutable } from './find-on-path.ts';
import { programOutput } from './program-output.ts';
import { isAtLeast, versionIn } from './version.ts';

const NEEDED_PYTHON = '3.9';
export const PYTHON_REMEDY = {
  where: 'PATH and /usr/bin/python3',
  todo: `Install Python ${NEEDED_PYTHON} or newer for all users (Debian: apt-get install python3 python3-pip).`,
};

export type PythonSearch =
  | { readonly found: true; readonly python: string }
  | { readonly found: false; readonly reason: string };

/**
 * The first Python on PATH, else the system's, that is new enough and that the user may run whom servers run as when we
 * are root: one of a version manager below a closed home folder would not start.
 */
export async function findServerPython(env: Readonly<Record<string, string | undefined>>): Promise<PythonSearch> {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const user = await unprivilegedUser();
  const reasons: string[] = [];
  for (const python of new Set([...folders, '/usr/bin'].map((folder) => join(folder, 'python3')))) {
    if (!(await isExecutable(python))) continue;
    const closed = user === undefined ? undefined : await closedFolderAbove(await realpath(python), user);
    if (closed !== undefined) {
      reasons.push(`${python} cannot be run by another user, who may not search ${closed}`);
      continue;
    }
    const version = versionIn(await programOutput(python, ['--version'], { env }).catch(() => ''));
    if (version !== undefined && isAtLeast(version, NEEDED_PYTHON)) return { found: true, python };
    reasons.push(`${python} is not Python ${NEEDED_PYTHON} or newer`);
  }
  const detail = reasons.length > 0 ? reasons.join('; ') : 'there is no python3';
  return { found: false, reason: `no Python for servers: ${detail}` };
}
