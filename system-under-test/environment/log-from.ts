import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Longest text that is read at once: a log that grows without end must not fill the memory. */
const MOST_BYTES = 16 * 1_024 * 1_024;

/** How many bytes a log has; 0 when there is none yet. */
export const logSize = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** The text of a log from a byte on, at most 16 MiB; empty when there is none. */
export function logFrom(path: string, fromByte: number): string {
  const length = Math.min(logSize(path) - fromByte, MOST_BYTES);
  if (length <= 0) return '';
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const read = readSync(descriptor, buffer, 0, length, fromByte);
    return buffer.toString('utf8', 0, read);
  } finally {
    closeSync(descriptor);
  }
}
