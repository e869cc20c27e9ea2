import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SharedMemorySegment {
  readonly id: number;
  readonly creatorPid: number;
  readonly attached: number;
}

/** Parses `/proc/sysvipc/shm` (sysvipc(7)): a header line, then columns separated by blanks. */
function parseSegments(text: string): readonly SharedMemorySegment[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 6)
    .map((columns) => ({ id: Number(columns[1]), creatorPid: Number(columns[4]), attached: Number(columns[6]) }));
}

/** Segments that the postmasters of these data folders say they use (line 7 of `postmaster.pid`: key and id). */
export function segmentsOf(postgresDirs: readonly string[]): ReadonlySet<number> {
  const ids = postgresDirs.map((folder) => {
    try {
      const line = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[6] ?? '';
      return Number(line.trim().split(/\s+/)[1]);
    } catch {
      // It ended in order, or never ran.
      return Number.NaN;
    }
  });
  return new Set(ids.filter(Number.isInteger));
}

/**
 * Removes the System V segments that killed processes left behind: a postmaster that gets SIGKILL leaves one, and
 * nothing but a restart on the same data directory would ever remove it. Segments still attached stay.
 */
export function releaseSharedMemory(creatorPids: ReadonlySet<number>, ids: ReadonlySet<number> = new Set()): void {
  let text: string;
  try {
    text = readFileSync('/proc/sysvipc/shm', 'utf8');
  } catch {
    return;
  }
  const orphans = parseSegments(text).filter(
    (s) => s.attached === 0 && (creatorPids.has(s.creatorPid) || ids.has(s.id)),
  );
  for (const segment of orphans) spawnSync('ipcrm', ['-m', String(segment.id)], { timeout: 1_000 });
}
