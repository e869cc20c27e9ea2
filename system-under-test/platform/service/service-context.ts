import type { Logger } from 'pino';
import type { Settings } from './settings.ts';

/** What the platform hands to a service's routes, handlers and workers. Clock and ids come from here, never ambient. */
export interface ServiceContext {
  readonly settings: Settings;
  readonly log: Logger;
  /** Epoch milliseconds of this process; decisions that must survive use the database's clock instead. */
  readonly nowMs: () => number;
  /** A new random UUID. */
  readonly newId: () => string;
  /** Aborts when the service begins to drain. */
  readonly signal: AbortSignal;
}

/** Context of a service that has a database. */
export interface StoredServiceContext<S> extends ServiceContext {
  readonly store: S;
  /** Makes the named worker look for work now instead of at its next poll. Unknown names throw. */
  readonly wake: (workerName: string) => void;
}
