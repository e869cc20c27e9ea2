import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerName } from './components/server-name.ts';

const MEBIBYTE = 1_048_576;
/** Memory, as far as it is written to. PostgreSQL has 120 MB after a run with 250 orders, 65 MB of them its log. */
const DISK_BYTES: { readonly [N in ServerName]?: number } = { postgres: 256 * MEBIBYTE };
const COMMAND_TIMEOUT_MS = 5_000;

/** Mounts a small file system of its own at the empty data folder of a server; false when that cannot be had here. */
export function mountDisk(server: ServerName, folder: string): boolean {
  const bytes = DISK_BYTES[server];
  if (bytes === undefined || process.getuid?.() !== 0) return false;
  mkdirSync(folder, { recursive: true });
  const options = `size=${bytes},mode=0755,nosuid,nodev`;
  return runs('mount', ['-t', 'tmpfs', '-o', options, 'chaos', folder]);
}

/** Mount points in a folder, the deepest first, from the fifth field of each line of mountinfo (proc(5)). */
export function mountsBelow(folder: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return [];
  }
  return mountPointsIn(text)
    .filter((point) => point.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

export const mountPointsIn = (mountinfo: string): readonly string[] =>
  mountinfo.split('\n').flatMap((line) => {
    const point = line.split(' ')[4];
    return point === undefined ? [] : [point.replace(/\\([0-7]{3})/g, (_, code) => unescaped(String(code)))];
  });

const unescaped = (octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));

/** Removes a folder together with what is mounted in it; a mount that somebody still uses goes when they do. */
export function removeWithMounts(folder: string): void {
  for (const point of mountsBelow(folder)) if (!runs('umount', [point])) runs('umount', ['--lazy', point]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}

const runs = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { timeout: COMMAND_TIMEOUT_MS, stdio: 'ignore' }).status === 0;
