import { readFile } from 'node:fs/promises';
import type { RunProcess } from './run-processes.ts';

export interface ResidentMemory {
  readonly processes: number;
  /** Proportional set sizes: a page that several processes share counts once in all. */
  readonly pssMiB: number;
  readonly rssMiB: number;
}

/** Memory of the processes now. */
export async function residentMemory(processes: readonly RunProcess[]): Promise<ResidentMemory> {
  const sizes = await Promise.all(processes.map(({ pid }) => sizesOf(pid)));
  const sum = (kind: 'pssKiB' | 'rssKiB'): number =>
    Math.round(sizes.reduce((total, one) => total + one[kind], 0) / 1024);
  return { processes: processes.length, pssMiB: sum('pssKiB'), rssMiB: sum('rssKiB') };
}

async function sizesOf(pid: number): Promise<{ readonly pssKiB: number; readonly rssKiB: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kiB = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  return { pssKiB: kiB('Pss'), rssKiB: kiB('Rss') };
}
