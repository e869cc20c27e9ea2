import { cpus } from 'node:os';

/** Processor time since the machine started, in milliseconds: of all its cores, whoever used it. */
export interface ProcessorTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

export function processorTimes(): ProcessorTimes {
  const cores = cpus().map(({ times }) => times);
  const idleMs = cores.reduce((sum, { idle }) => sum + idle, 0);
  const usedMs = cores.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { idleMs, totalMs: idleMs + usedMs };
}

/** The kernel counts in steps of 10 ms: of less than this a share would be noise. */
const TELLING_MS = 1_000;

/** Share of the machine's processor time that was used between two looks, 0 to 1 in hundredths; undefined when too little went by. */
export function busyShare(from: ProcessorTimes, to: ProcessorTimes): number | undefined {
  const totalMs = to.totalMs - from.totalMs;
  if (totalMs < TELLING_MS) return undefined;
  const busy = 1 - (to.idleMs - from.idleMs) / totalMs;
  return Math.round(100 * Math.min(1, Math.max(0, busy))) / 100;
}
