import { readFileSync } from 'node:fs';

/**
 * Names one process for good. A pid alone is recycled by the kernel; pid + start time (clock ticks since boot) is
 * unique within one boot, and the boot id makes records from before a power cut match nothing.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** The fields of `/proc/<pid>/stat` that matter here (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly parentPid: number;
  readonly startTicks: string;
}

let cachedBootId: string | undefined;

function bootId(): string {
  cachedBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return cachedBootId;
}

/** Parses one line of `/proc/<pid>/stat`. The command may hold spaces and parentheses: the last `)` ends it. */
function parseStat(line: string): ProcessStat | undefined {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const fields = line.slice(close + 2).split(' ');
  const [state, parentPid] = fields;
  const startTicks = fields[19];
  if (state === undefined || parentPid === undefined || startTicks === undefined) return undefined;
  return {
    pid: Number(line.slice(0, open)),
    command: line.slice(open + 1, close),
    state,
    parentPid: Number(parentPid),
    startTicks,
  };
}

/** Reads a process's stat; `undefined` when there is no such process. */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

export const identityOf = (stat: ProcessStat): ProcessIdentity => ({
  pid: stat.pid,
  startTicks: stat.startTicks,
  bootId: bootId(),
});

/** The identity of the process that has this pid now; `undefined` when none has. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : identityOf(stat);
}

const isSameProcess = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.pid === b.pid && a.startTicks === b.startTicks && a.bootId === b.bootId;

/** Whether exactly this process still runs. A zombie has ended: only its parent has not looked yet. */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X' && isSameProcess(identityOf(stat), identity);
}

/**
 * Signals exactly this process, never a later owner of its pid. Returns whether it was there to be signalled.
 * Between look and signal lie microseconds in which the kernel would have to go round all pids.
 */
export function signalExactly(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
