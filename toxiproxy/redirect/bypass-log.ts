import { openSync, readFileSync, writeSync } from 'node:fs';

/** A connection that a client process opened outside every link. `atMs` is wall-clock time. */
export interface Bypass {
  readonly client: string;
  readonly target: string;
  readonly atMs: number;
}

/** Says that a process has its connections redirected: without it an empty log proves nothing. */
export interface Registration {
  readonly client: string;
  readonly pid: number;
  readonly atMs: number;
}

type Entry = ({ readonly kind: 'bypass' } & Bypass) | ({ readonly kind: 'registered' } & Registration);

/** Opens the log for appending; each entry is one NDJSON line, written before the connection is opened. */
export function openRedirectLog(file: string): (entry: Entry) => void {
  const descriptor = openSync(file, 'a');
  return (entry) => {
    try {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      // The client must not fail for our log, and the loss must be seen.
      process.stderr.write(`redirect log ${file}: ${String(error)}; lost ${JSON.stringify(entry)}\n`);
    }
  };
}

/**
 * All bypasses in the log. A line that cannot be read counts as one: unknown is never success. Throws when there is no
 * log: then no process was redirected at all.
 */
export function readBypasses(file: string): readonly Bypass[] {
  return entriesOf(file).flatMap((entry) => (entry.kind === 'bypass' ? [entry] : []));
}

/** The processes that wrote to the log that they are redirected, in order of their start. */
export function readRegistrations(file: string): readonly Registration[] {
  return entriesOf(file).flatMap((entry) => (entry.kind === 'registered' ? [entry] : []));
}

function entriesOf(file: string): readonly Entry[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parse(line) ?? { kind: 'bypass', client: 'unknown', target: `unreadable line: ${line}`, atMs: 0 });
}

function parse(line: string): Entry | undefined {
  try {
    const value: Partial<Entry> | null = JSON.parse(line);
    return value?.kind === 'bypass' || value?.kind === 'registered' ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
