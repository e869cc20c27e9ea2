import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom a server that refuses root runs as: `postgres` where that user exists, else `nobody`; undefined when we are
 * not root, then it runs as we do.
 */
export async function unprivilegedUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = await readFile('/etc/passwd', 'utf8');
  const user = userIn(users, 'postgres') ?? userIn(users, 'nobody');
  if (user === undefined)
    throw new Error('PostgreSQL refuses to run as root, and /etc/passwd has neither postgres nor nobody');
  return user;
}

/**
 * Makes `dataDir` for that user and returns who it is. Rejects when the user cannot reach it or one of `programs`;
 * `server` is the name that people know it by.
 */
export async function makeServerFolder(
  server: string,
  dataDir: string,
  programs: readonly string[],
): Promise<ServerUser | undefined> {
  const user = await unprivilegedUser();
  await mkdir(dataDir, { recursive: true });
  if (user !== undefined) {
    for (const path of [dataDir, ...programs]) {
      const closed = await closedFolderAbove(path, user);
      if (closed !== undefined) {
        const why = `${server} refuses to run as root, so it runs as another user`;
        throw new Error(`${why}, who may not search ${closed} on the way to ${path}. Choose a place outside it.`);
      }
    }
    await chown(dataDir, user.uid, user.gid);
  }
  await chmod(dataDir, 0o700);
  return user;
}

/** User id and group of `name` in the text of passwd(5). */
export function userIn(passwd: string, name: string): ServerUser | undefined {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([login]) => login === name);
  if (fields === undefined) return undefined;
  const [uid, gid] = [Number(fields[2]), Number(fields[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}

/** The first folder above `path` that `user` may not search, or undefined when the way is free. */
export async function closedFolderAbove(path: string, user: ServerUser): Promise<string | undefined> {
  const parents: string[] = [];
  for (let folder = dirname(path); !parents.includes(folder); folder = dirname(folder)) parents.unshift(folder);
  for (const folder of parents) {
    const { mode, uid, gid } = await stat(folder);
    const searchBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) return folder;
  }
  return undefined;
}
