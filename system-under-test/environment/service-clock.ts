import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the service's folder, which is emptied between runs: also a process that is started again has this clock. */
export const clockFile = (dataDir: string, component: string): string => join(dataDir, `${component}.clock`);

/**
 * What makes a process take its wall clock from a file, by libfaketime. Timers go on: they run on the monotonic clock, which
 * is left alone, as are the times of files. The file is read every second or two; at each call, as `FAKETIME_NO_CACHE` would
 * have it, `Date.now()` would take some fifty times as long; re-read every 1–2 s it takes twice as long as without the library.
 */
export const clockEnvironment = (library: string, file: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: library,
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_CACHE_DURATION: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
});

/** Moves the clock of a component away from the machine's, or back by 0; the process follows within two seconds. */
export function writeClock(dataDir: string, component: string, offsetMs: number): void {
  const file = clockFile(dataDir, component);
  const offset = offsetMs / 1_000;
  // Renamed as a whole: half an offset would be another one.
  writeFileSync(`${file}.next`, `${offset < 0 ? '' : '+'}${offset}\n`);
  renameSync(`${file}.next`, file);
}

const SHARED_MEMORY = '/dev/shm';
const PREFIXES = ['faketime_shm_', 'sem.faketime_sem_'] as const;

/** What libfaketime keeps in shared memory for each process, and leaves there when that is killed. */
export function clocksLeftBy(pids: ReadonlySet<number>): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(SHARED_MEMORY);
  } catch {
    return [];
  }
  return names
    .filter((name) => PREFIXES.some((prefix) => name.startsWith(prefix) && pids.has(Number(name.slice(prefix.length)))))
    .map((name) => join(SHARED_MEMORY, name));
}

/** Removes what processes that have ended left: a later one with the same pid would not start for it. */
export function releaseClocks(pids: ReadonlySet<number>): void {
  for (const path of clocksLeftBy(pids)) rmSync(path, { force: true });
}
