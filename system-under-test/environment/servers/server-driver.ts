import type { InstallationOf } from '../components/installation.ts';
import type { ServerName } from '../components/server-name.ts';
import type { ProcessSpec } from '../process-spec.ts';

/** Where a server runs. `dataDir` and the folder of `logFile` are made when they do not exist. */
export interface ServerPlace {
  /** Absolute; every user that the server may run as can search its parents (see `server-user.ts`). */
  readonly dataDir: string;
  readonly logFile: string;
  readonly port: number;
}

/**
 * How one server is run. Order of calls: `prepare` once, then before and after every start of the process
 * `beforeStart`, [spawn], `waitUntilReady` with `probe`; `initialise` after the first start, before it is ready.
 */
export interface ServerDriver<N extends ServerName> {
  readonly name: N;
  /** Writes settings and, when `dataDir` is empty, what the server needs there first; existing data is kept. */
  prepare(installation: InstallationOf<N>, place: ServerPlace, signal: AbortSignal): Promise<ProcessSpec>;
  /** Clears what a killed predecessor may have left; resolves when the server may start. Bounded. */
  beforeStart?(spec: ProcessSpec, signal: AbortSignal): Promise<void>;
  /** One attempt at what can only be done with the running server (`replSetInitiate`); idempotent. */
  initialise?(port: number, signal: AbortSignal): Promise<void>;
  /** One attempt: resolves when the server serves clients, rejects with what it said instead. Bounded to seconds. */
  probe(port: number, signal: AbortSignal): Promise<void>;
  /** URL for clients, with the database for those that have one. */
  url(port: number, database?: string): string;
}
