import { existsSync } from 'node:fs';
import type { Residue } from '../contract/environment.ts';
import { mountsBelow } from './data-disk.ts';
import type { EnvironmentPaths } from './environment-paths.ts';
import { markedProcesses, postgresProcessesIn } from './keeper/marked-processes.ts';
import { isRunning, type ProcessIdentity, readStat } from './keeper/process-identity.ts';
import type { LinkControl } from './keeper/protocol.ts';
import { until } from './keeper/until.ts';
import { portHolder } from './port-holder.ts';
import { clocksLeftBy } from './service-clock.ts';

/** The keeper exits a moment after it has said that all is done. */
const SETTLE_MS = 2_000;

export interface Traces {
  readonly environmentId: string;
  readonly paths: EnvironmentPaths;
  readonly links: readonly LinkControl[];
  readonly everStarted: readonly ProcessIdentity[];
  readonly keeper: ProcessIdentity | undefined;
}

/** Looks at the machine, not at our books, for whatever an ended environment may have left. */
export async function findResidue(traces: Traces): Promise<Residue> {
  const { keeper, paths } = traces;
  if (keeper !== undefined) await until(() => !isRunning(keeper), SETTLE_MS);
  const suspects = [
    ...traces.everStarted,
    ...markedProcesses(traces.environmentId),
    ...postgresProcessesIn(paths.runtimeDir),
    ...(keeper === undefined ? [] : [keeper]),
  ];
  const alive = new Map(suspects.filter(isRunning).map((identity) => [identity.pid, identity]));
  const held = heldPorts(traces.links, alive);
  return {
    processes: [...alive.keys()].map((pid) => `${readStat(pid)?.command ?? 'process'} (pid ${pid})`),
    // A toxic lives in a Toxiproxy server: without servers there is none.
    toxics: [],
    proxies: held.map((port) => `a proxy's port ${port}`),
    locks: [
      ...[paths.lock, paths.shared, paths.socket, paths.runtimeDir].filter((path) => existsSync(path)),
      ...mountsBelow(paths.runtimeDir).map((point) => `the mount at ${point}`),
      ...clocksLeftBy(new Set(traces.everStarted.map(({ pid }) => pid))),
    ],
  };
}

/** Ports of proxies and of their servers' control APIs on which one of our processes still listens: others may reuse them. */
function heldPorts(links: readonly LinkControl[], alive: ReadonlyMap<number, ProcessIdentity>): readonly number[] {
  const ports = [...new Set(links.flatMap(({ listenPort, controlPort }) => [listenPort, controlPort]))];
  return alive.size === 0 ? [] : ports.filter((port) => alive.has(portHolder(port)?.pid ?? -1));
}
