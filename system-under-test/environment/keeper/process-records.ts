import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ProcessIdentity } from './process-identity.ts';

/** What a keeper has running, on disk: enough to end it all when the keeper itself is gone. */
export interface ProcessRecords {
  readonly environmentId: string;
  readonly keeper: ProcessIdentity;
  readonly isShared: boolean;
  /** Every child that runs, and every process below it that would not end by itself because it is paused. */
  readonly processes: readonly (ProcessIdentity & { readonly name: string })[];
  /** Whatever ran at any time; their shared memory may outlive them. */
  readonly everStarted: readonly ProcessIdentity[];
}

/** Replaces the file as a whole: a reader sees the old records or the new ones. */
export function writeProcessRecords(path: string, records: ProcessRecords): void {
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify(records), { mode: 0o600 });
  renameSync(next, path);
}

/**
 * `undefined` when the keeper never got as far as writing any, and when they cannot be read: a power cut can leave an
 * empty file, and what ran before it is gone. Whoever needs more looks for marks and folders.
 */
export function readProcessRecords(path: string): ProcessRecords | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRecords;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
