import { existsSync } from 'node:fs';
import { mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskSpace, fillDisk, freeDisk } from './ballast.ts';
import { mountDisk, mountsBelow, removeWithMounts } from './data-disk.ts';
import { Scratch } from './keeper/testing/scratch.ts';
import { endLeftovers } from './recover-leftovers.ts';

test('a mounted disk is filled to the last byte, freed, and removed with its folder', async ({ skip }) => {
  const root = await mkdtemp(join(tmpdir(), 'disk-'));
  try {
    const folder = join(root, 'data', 'postgres');
    skip(!mountDisk('postgres', folder), 'nothing may be mounted here');
    expect(mountsBelow(root)).toEqual([folder]);
    const signal = AbortSignal.timeout(20_000);
    await fillDisk(folder, signal);
    expect((await diskSpace(folder)).freeBytes).toBe(0);
    await expect(writeFile(join(folder, 'more'), 'x')).rejects.toThrow('ENOSPC');
    await fillDisk(folder, signal);
    await freeDisk(folder);
    await freeDisk(folder);
    expect((await diskSpace(folder)).freeBytes).toBeGreaterThan(200_000_000);
  } finally {
    removeWithMounts(root);
  }
  expect(existsSync(root)).toBe(false);
  expect(mountsBelow(root)).toEqual([]);
});

test('what a killed CLI and a killed keeper left mounted and full is unmounted, also while a file in it is open', async ({
  skip,
}) => {
  using scratch = new Scratch();
  const { runtimeDir, dataDir, ledger } = scratch.paths;
  const folder = join(dataDir, 'postgres');
  skip(!mountDisk('postgres', folder), 'nothing may be mounted here');
  try {
    await fillDisk(folder, AbortSignal.timeout(20_000));
    await using _open = await open(folder);
    await endLeftovers({ environmentId: scratch.id, runtimeDir, ledger });
    expect(mountsBelow(runtimeDir)).toEqual([]);
    expect(existsSync(runtimeDir)).toBe(false);
  } finally {
    removeWithMounts(runtimeDir);
  }
});
