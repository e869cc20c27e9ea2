import type { RunProcess } from './run-processes.ts';

/** Clock ticks per second of /proc; Linux fixes it for user space. */
const TICKS_PER_SECOND = 100;

/** Who uses the processor: the harness (CLI, keeper), its proxies, the shop, or the servers of others. */
type CpuOwner = 'harness' | 'proxies' | 'services' | 'servers';

export interface CpuShares {
  readonly seconds: Readonly<Record<CpuOwner, number>>;
  /** The harness's share of all, 0..1; proxies counted apart. */
  readonly harnessShare: number;
}

/** Adds up processor time, look by look; what a process uses between the last look and its end is not seen. */
export class CpuTime {
  readonly #processes = new Map<string, RunProcess>();

  look(processes: readonly RunProcess[]): void {
    for (const one of processes) this.#processes.set(one.identity, one);
  }

  shares(): CpuShares {
    const seconds = { harness: 0, proxies: 0, services: 0, servers: 0 };
    for (const { commandLine, ticks } of this.#processes.values()) {
      seconds[ownerOf(commandLine)] += ticks / TICKS_PER_SECOND;
    }
    const all = Object.values(seconds).reduce((sum, one) => sum + one, 0);
    return { seconds, harnessShare: Math.round((seconds.harness / all) * 1_000) / 1_000 };
  }
}

function ownerOf(commandLine: string): CpuOwner {
  if (/cli\/bin\.js|keeper\/main\.ts/.test(commandLine)) return 'harness';
  // First the services: the preload that redirects their connections has the proxies' name in its path.
  if (commandLine.includes('/services/')) return 'services';
  return commandLine.includes('toxiproxy') ? 'proxies' : 'servers';
}
