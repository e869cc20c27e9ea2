import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskSpace } from '../contract/environment.ts';

/** No server minds a file of this name in its folder. */
const ballastFile = (folder: string): string => join(folder, '.chaos-ballast');
/** Large writes first, then the rest block by block. */
const CHUNKS_BYTES = [1_048_576, 4_096] as const;

/** Takes all space that the file system of a folder has left; again: what has become free since. */
export async function fillDisk(folder: string, signal: AbortSignal): Promise<void> {
  await using file = await open(ballastFile(folder), 'a', 0o600);
  for (const bytes of CHUNKS_BYTES) {
    const chunk = Buffer.alloc(bytes);
    for (;;) {
      signal.throwIfAborted();
      if (!(await hasWritten(() => file.write(chunk)))) break;
    }
  }
}

async function hasWritten(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

/** Gives back what `fillDisk` has taken; idempotent. */
export const freeDisk = (folder: string): Promise<void> => rm(ballastFile(folder), { force: true });

export async function diskSpace(folder: string): Promise<DiskSpace> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}
