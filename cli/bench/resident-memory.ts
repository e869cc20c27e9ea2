import { readdir, readFile } from 'node:fs/promises';

export interface ResidentMemory {
  readonly processes: number;
  /** Proportional set sizes: a page that several processes share counts once in all. */
  readonly pssMiB: number;
  readonly rssMiB: number;
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly isNamed: boolean;
}

/** Memory of every process whose command line or environment holds the text, and of all their descendants. */
export async function residentMemory(text: string): Promise<ResidentMemory> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = (await Promise.all(pids.map((pid) => look(pid, text)))).filter((entry) => entry !== undefined);
  const counted = new Set(entries.filter(({ isNamed }) => isNamed).map(({ pid }) => pid));
  for (let size = -1; size !== counted.size; ) {
    size = counted.size;
    for (const { pid, parent } of entries) if (counted.has(parent)) counted.add(pid);
  }
  counted.delete(process.pid);
  const sizes = await Promise.all([...counted].map(sizesOf));
  const sum = (kind: 'pssKiB' | 'rssKiB'): number =>
    Math.round(sizes.reduce((total, one) => total + one[kind], 0) / 1024);
  return { processes: counted.size, pssMiB: sum('pssKiB'), rssMiB: sum('rssKiB') };
}

async function look(pid: number, text: string): Promise<ProcessEntry | undefined> {
  try {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8');
    const [stat, commandLine, environment] = await Promise.all([read('stat'), read('cmdline'), read('environ')]);
    // The name in parentheses may hold anything, so count fields from its end.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { pid, parent, isNamed: commandLine.includes(text) || environment.includes(text) };
  } catch {
    return undefined; // it has ended
  }
}

async function sizesOf(pid: number): Promise<{ readonly pssKiB: number; readonly rssKiB: number }> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kiB = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  return { pssKiB: kiB('Pss'), rssKiB: kiB('Rss') };
}
