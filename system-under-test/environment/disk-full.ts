import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EnvironmentError } from './environment-error.ts';

/** What a run needs: the servers' data, then logs and history. */
export const NEEDED_BYTES = { data: 800_000_000, logs: 50_000_000 } as const;

const MEGABYTE = 1_000_000;

export class DiskFull extends EnvironmentError {
  constructor(path: string, detail: string, options?: ErrorOptions) {
    super(
      {
        what: `there is no space left: ${detail}`,
        where: path,
        todo: 'Free some space; TMPDIR moves the data of the servers to another disk.',
      },
      options,
    );
  }
}

/** Throws `DiskFull` when the file system that (will) hold `path` has less than `neededBytes` free. */
export function assertSpace(path: string, neededBytes: number): void {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  const megabytes = (bytes: number): string => `${Math.floor(bytes / MEGABYTE)} MB`;
  throw new DiskFull(existing, `${megabytes(freeBytes)} free, ${megabytes(neededBytes)} needed`);
}

/** Whether a full disk is at the bottom of an error, be it ours or something that a server has logged. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ENOSPC') return true;
  if (/ENOSPC|No space left on device/i.test(error.message)) return true;
  const below: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error.cause, ...below].some(isDiskFull);
}
