import type { Environment, Led } from '#sut/contract/environment.ts';

/** A client that writes through the real path of a component. One file each under `probes/`. */
export interface RecoveryProbe {
  readonly name: string;
  readonly summary: string;
  /** A write begins so often, unless `maxOpen` are still open. */
  readonly intervalMs: number;
  readonly maxOpen: number;
  /** A write without an answer for so long has failed. */
  readonly timeoutMs: number;
  /** Whether an acknowledged write may never be lost. */
  readonly isDurable: boolean;
  /** Whether the writes leave work in outboxes, topics or sagas that has to be drained afterwards. */
  readonly leavesBacklog: boolean;
  /** What the leader leads without which the writes fail; absent: the engine has one leader. */
  readonly led?: Led;
  connect(environment: Environment, timeoutMs: number): ProbeSession;
}

export interface ProbeSession extends AsyncDisposable {
  /** Writes something new under `key`, unique per run; resolves to what names it once it is acknowledged, rejects otherwise. */
  write(key: string, signal: AbortSignal): Promise<string>;
  /** Whether an acknowledged write is there. Rejects when that cannot be told. */
  isStored(id: string, signal: AbortSignal): Promise<boolean>;
}
