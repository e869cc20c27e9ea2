import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCache } from './cache-folder.ts';
import { ScratchFolder } from './testing/scratch-folder.ts';

test('a cache below folders that are missing, too, is made by all who need it at the same time', async () => {
  await using scratch = await ScratchFolder.create();
  const rounds = Array.from({ length: 10 }, (_, round) => join(scratch.path, `home-${round}`, '.cache', 'chaos'));
  for (const cache of rounds) {
    await Promise.all(Array.from({ length: 16 }, () => openCache(cache)));
    expect((await stat(cache)).mode & 0o777).toBe(0o755);
  }
});

test('a cache where nothing can be made is refused and not waited for', async () => {
  await expect(openCache('/proc/nothing/here')).rejects.toThrow('ENOENT');
});
