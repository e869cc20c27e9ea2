import type { ComponentName, Detection, Engine, Link, Publisher, Topology } from './components.ts';

/**
 * What can be done to a component. A component lists those that it supports; faults ask for no others.
 *
 * Of every process: `kill` (SIGKILL, with everything that it has started), `stop` (in order), `pause`, `resume`, `start`.
 * Of a PostgreSQL member under Patroni: `kill-supervisor` ends Patroni alone, `start` brings it back, and
 * `kill-supervised` PostgreSQL alone, which Patroni restarts or replaces; `switchover` makes it hand over the primary role.
 * Of a member of a replica set: `step-down` does the same. Both reject when it does not have the role.
 * Of a Redis node: `flush` empties it.
 * Of a server whose data folder is a small file system of its own: `fill-disk` leaves no byte of it free (again: takes what
 * was freed since), `free-disk` gives the space back.
 * Of a process whose clock was prepared for it: `set-clock`, by `Environment.setClock`.
 */
export const CAPABILITIES = [
  'kill',
  'stop',
  'pause',
  'resume',
  'start',
  'kill-supervisor',
  'kill-supervised',
  'switchover',
  'step-down',
  'flush',
  'fill-disk',
  'free-disk',
  'set-clock',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
/** What is done by its name alone. */
export type Deed = Exclude<Capability, 'set-clock'>;

export type ComponentState = 'running' | 'paused' | 'exited';

export interface ComponentStatus {
  readonly name: ComponentName;
  readonly state: ComponentState;
  readonly pid: number | undefined;
  /** How many times it was started, 1 after the first start. */
  readonly starts: number;
  readonly version: string;
  readonly port: number;
}

/** Which half of a link is disturbed: `up` client to server, `down` server to client. */
export type Direction = 'both' | 'up' | 'down';

/** A disturbance of one link, as data so that the ledger can hold it. Rates in bytes/s, sizes in bytes. */
export type LinkDisturbance =
  | { readonly kind: 'partition'; readonly direction: Direction }
  | { readonly kind: 'cut' }
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'latency';
      readonly latencyMs: number;
      readonly jitterMs: number;
      readonly direction: Exclude<Direction, 'both'>;
    }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | { readonly kind: 'slice'; readonly averageSizeBytes: number; readonly delayMs: number };

/** What undoes a fault, as data: the keeper can do it after the CLI is gone. */
export type HealAction =
  | { readonly kind: 'start'; readonly component: ComponentName }
  | { readonly kind: 'resume'; readonly component: ComponentName }
  | { readonly kind: 'restore-link'; readonly link: Link['name'] }
  | { readonly kind: 'set-clock'; readonly component: ComponentName; readonly offsetMs: number }
  | { readonly kind: 'free-disk'; readonly component: ComponentName };

/** Components of an environment that are started so that more can be done to them than to others: nothing else pays for it. */
export interface Preparation {
  /** Processes of ours that can `set-clock`. */
  readonly clocks: readonly ComponentName[];
  /** Servers with a file system of their own that can be filled, where that can be had. */
  readonly disks: readonly ComponentName[];
}

/** The file system of a component's data. */
export interface DiskSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Live figures of a link's proxy. `reachable`: a new connection through the proxy is accepted. */
export interface LinkStatus {
  readonly link: Link['name'];
  readonly enabled: boolean;
  readonly toxics: readonly string[];
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly proxyPort: number;
}

/**
 * What to find the leader of, where an engine has more than one: a partition's leader in Kafka (absent: the active
 * controller), the master of a slot in Redis (absent: of slot 0).
 */
export type Led =
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'slot'; readonly slot: number };

/** A connection that a process opened outside every link. */
export interface Bypass {
  readonly client: ComponentName;
  readonly target: string;
}

/** What is still there after teardown; all empty when nothing was left behind. */
export interface Residue {
  readonly processes: readonly string[];
  readonly toxics: readonly string[];
  readonly proxies: readonly string[];
  readonly locks: readonly string[];
}

/**
 * A running topology. Every method that waits takes a signal and is bounded in time. Nothing here injects a fault
 * without a ledger entry: call `ledger.begin` first and `ledger.end` once the heal is proven.
 */
export interface Environment extends AsyncDisposable {
  readonly id: string;
  readonly topology: Topology;
  /** Who brings outbox rows to their topics. */
  readonly publisher: Publisher;
  /** How soon the servers take a silent fellow for dead. */
  readonly detection: Detection;
  /** Every component of the topology, servers first. */
  readonly components: readonly ComponentName[];
  /** True when `chaos up` owns it: disposing detaches and leaves it running. */
  readonly isShared: boolean;
  readonly links: readonly Link[];
  /** Loopback port to which the services send their spans (OTLP/HTTP, JSON); whoever wants them listens there. */
  readonly collectorPort?: number | undefined;
  /** Real address of a component, not through a proxy. */
  port(component: ComponentName): number;
  /** Real ports that clients of an engine connect to: one, or every member of a cluster. */
  entryPorts(engine: Engine): readonly number[];
  /**
   * The node that leads now: PostgreSQL's and MongoDB's primary, or as `of` says. Waits while there is none; rejects when
   * the signal aborts first. While two claim to be (Patroni killed alone), the one that the cluster knows.
   */
  leader(engine: Engine, signal: AbortSignal, of?: Led): Promise<ComponentName>;
  capabilities(component: ComponentName): readonly Capability[];
  perform(component: ComponentName, deed: Deed, signal: AbortSignal): Promise<void>;
  /** Moves the wall clock of one of our processes away from the machine's, or back by 0; it follows within two seconds. Idempotent. */
  setClock(component: ComponentName, offsetMs: number, signal: AbortSignal): Promise<void>;
  /** Of a component that can `fill-disk`. */
  diskSpace(component: ComponentName): Promise<DiskSpace>;
  /** Resolves when the component answers its own readiness check again; rejects with what it last answered. */
  whenReady(component: ComponentName, signal: AbortSignal): Promise<void>;
  status(): Promise<readonly ComponentStatus[]>;
  /** How many bytes the log of a component has. */
  logSize(component: ComponentName): number;
  /** What a component has written to its log from a byte on; at most 16 MiB of it. Empty when it has written nothing. */
  log(component: ComponentName, fromByte: number): string;
  disturb(link: Link['name'], disturbance: LinkDisturbance, signal: AbortSignal): Promise<void>;
  /** Removes every disturbance of the link; idempotent. Replaces the proxy when its control API hangs. */
  restore(link: Link['name'], signal: AbortSignal): Promise<void>;
  linkStatus(link: Link['name']): Promise<LinkStatus>;
  bypasses(): Promise<readonly Bypass[]>;
  /** Empties every store and topic and restarts the services, so that a run starts from nothing. */
  reset(signal: AbortSignal): Promise<void>;
  readonly ledger: {
    begin(entry: {
      readonly id: string;
      readonly kind: string;
      readonly heal: readonly HealAction[];
      readonly leaseMs: number;
    }): Promise<void>;
    end(id: string): Promise<void>;
    open(): Promise<readonly string[]>;
  };
  /** Called when a process ends that nobody asked to end. */
  onUnexpectedExit(listener: (component: ComponentName, detail: string) => void): void;
  /** Stops everything (unless shared) and says what was left. Dispose calls it too; the second call is free. */
  teardown(): Promise<Residue>;
}
