import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Detection, Publisher, Topology } from '../contract/components.ts';
import type { Preparation } from '../contract/environment.ts';
import { EnvironmentError } from './environment-error.ts';
import type { EnvironmentPaths } from './environment-paths.ts';
import type { LinkControl } from './keeper/protocol.ts';
import type { ComponentPorts } from './port-plan.ts';
import type { ServerNode } from './servers/server-driver.ts';

/** Everything that another process needs to use an environment, as JSON (`.chaos/environment.json`). */
export interface EnvironmentRecord {
  readonly formatVersion: 2;
  readonly environmentId: string;
  readonly topology: Topology;
  readonly publisher: Publisher;
  /** Absent in a record of an older version: fast. */
  readonly detection?: Detection;
  readonly startedAt: string;
  readonly paths: EnvironmentPaths;
  readonly ports: ComponentPorts;
  readonly nodes: readonly ServerNode[];
  readonly links: readonly LinkControl[];
  /** Component -> version and origin. */
  readonly versions: Readonly<Record<string, string>>;
  readonly bypassLog: string;
  /** Where the services send their spans; absent: nowhere. */
  readonly collectorPort?: number;
  /** What more can be done to some components; absent: nothing. */
  readonly prepared?: Preparation;
}

/** Replaces the file as a whole. */
export function writeEnvironmentRecord(path: string, record: EnvironmentRecord): void {
  writeFileSync(`${path}.next`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${path}.next`, path);
}

/** `undefined` when no environment is shared. */
export function readEnvironmentRecord(path: string): EnvironmentRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const record = JSON.parse(text) as EnvironmentRecord;
    if (record.formatVersion === 2) return record;
  } catch {
    // Told below, together with the wrong version.
  }
  throw new EnvironmentError({
    what: 'the record of the running environment cannot be read',
    where: path,
    todo: 'End the environment with the version of chaos that started it, or remove the file if nothing runs.',
  });
}
