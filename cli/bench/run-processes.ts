import { readdir, readFile } from 'node:fs/promises';

/** A process as /proc shows it. */
export interface RunProcess {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
  /** Pid and start time: a pid may be handed out again. */
  readonly identity: string;
  /** Processor time so far, user and system, in clock ticks. */
  readonly ticks: number;
}

/** Every process whose command line or environment holds the text, and all their descendants; never this one. */
export async function runProcesses(text: string): Promise<readonly RunProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = (await Promise.all(pids.map((pid) => look(pid, text)))).filter((entry) => entry !== undefined);
  const counted = new Set(entries.filter(({ isNamed }) => isNamed).map(({ process: { pid } }) => pid));
  for (let size = -1; size !== counted.size; ) {
    size = counted.size;
    for (const { process: one } of entries) if (counted.has(one.parent)) counted.add(one.pid);
  }
  counted.delete(process.pid);
  return entries.map(({ process: one }) => one).filter(({ pid }) => counted.has(pid));
}

async function look(
  pid: number,
  text: string,
): Promise<{ readonly process: RunProcess; readonly isNamed: boolean } | undefined> {
  try {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8');
    const [stat, commandLine, environment] = await Promise.all([read('stat'), read('cmdline'), read('environ')]);
    // The name in parentheses may hold anything, so count fields from its end: state is the first of them.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const identity = `${pid}/${fields[19]}`;
    const isNamed = commandLine.includes(text) || environment.includes(text);
    return { isNamed, process: { pid, parent: Number(fields[1]), commandLine, identity, ticks } };
  } catch {
    return undefined; // it has ended
  }
}
