import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ScratchFolder } from '../components/testing/scratch-folder.ts';
import { closedFolderAbove, userIn } from './server-user.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash`;

test('a user is found by its whole name', () => {
  expect(userIn(PASSWD, 'postgres')).toEqual({ uid: 101, gid: 104 });
  expect(userIn(PASSWD, 'nobody')).toEqual({ uid: 65534, gid: 65533 });
  expect(userIn(PASSWD, 'post')).toBeUndefined();
});

test('the folder that bars the way of another user is named', async () => {
  await using scratch = await ScratchFolder.create();
  await chmod(scratch.path, 0o755);
  const data = join(scratch.path, 'closed', 'data');
  await mkdir(data, { recursive: true });
  await chmod(join(scratch.path, 'closed'), 0o755);
  const stranger = { uid: 54_321, gid: 54_321 };
  expect(await closedFolderAbove(data, stranger)).toBeUndefined();
  await chmod(join(scratch.path, 'closed'), 0o700);
  expect(await closedFolderAbove(data, stranger)).toBe(join(scratch.path, 'closed'));
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await chown(join(scratch.path, 'closed'), owner.uid, owner.gid);
  expect(await closedFolderAbove(data, owner)).toBeUndefined();
});
