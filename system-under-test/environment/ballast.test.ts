import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskSpace, freeDisk } from './ballast.ts';

test('freeing a disk that was not filled changes nothing, and its space can be asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ballast-'));
  try {
    await writeFile(join(folder, 'data'), 'x');
    await freeDisk(folder);
    const { totalBytes, freeBytes } = await diskSpace(folder);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThan(freeBytes);
  } finally {
    await rm(folder, { recursive: true });
  }
});
