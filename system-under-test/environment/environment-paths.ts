import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Every place on disk that an environment uses, absolute. */
export interface EnvironmentPaths {
  /** Taken by one environment at a time; names its holder. */
  readonly lock: string;
  /** How to attach to the environment that `chaos up` left running. */
  readonly shared: string;
  /** Data of the servers, gone after teardown. Other users may search it: PostgreSQL does not run as root. */
  readonly runtimeDir: string;
  readonly dataDir: string;
  /** Socket and records of the keeper; its user's alone. */
  readonly controlDir: string;
  readonly socket: string;
  readonly processRecords: string;
  /** Kept after the run. */
  readonly logsDir: string;
  readonly ledger: string;
}

export const lockPath = (stateDir: string): string => join(resolve(stateDir), 'environment.lock');
export const sharedRecordPath = (stateDir: string): string => join(resolve(stateDir), 'environment.json');

/** Places inside a runtime directory; a unix socket's path may have 107 bytes, so it stays short. */
export const runtimePaths = (
  runtimeDir: string,
): Pick<EnvironmentPaths, 'runtimeDir' | 'dataDir' | 'controlDir' | 'socket' | 'processRecords'> => ({
  runtimeDir,
  dataDir: join(runtimeDir, 'data'),
  controlDir: join(runtimeDir, 'control'),
  socket: join(runtimeDir, 'control', 'keeper.sock'),
  processRecords: join(runtimeDir, 'control', 'processes.json'),
});

/** The places of environment `id` for a state directory and the directory that keeps its logs. */
export const environmentPaths = (id: string, stateDir: string, runDir: string): EnvironmentPaths => ({
  lock: lockPath(stateDir),
  shared: sharedRecordPath(stateDir),
  // Without links: /proc names working folders and mounts by their real paths, and they are looked for by this one.
  ...runtimePaths(join(realpathSync(tmpdir()), `chaos-${id}`)),
  logsDir: join(resolve(runDir), 'logs'),
  ledger: join(resolve(runDir), 'ledger.ndjson'),
});
