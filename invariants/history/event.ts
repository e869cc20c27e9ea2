/**
 * One line of a run's history. Every event has the run's monotonic clock (`timeMs`, milliseconds since the
 * start of the run) and a place in the total order (`index`, 0, 1, 2 …, equal to its line number).
 */
export type Event = Invocation | Completion | FaultEvent | PhaseEvent | ObservationEvent;

/** Names of the phases, in the order in which a run goes through them. */
export const PHASES = [
  'plan',
  'preflight',
  'provision',
  'steady-state',
  'storm',
  'heal',
  'quiesce',
  'harvest',
  'judge',
  'report',
] as const;
export type PhaseName = (typeof PHASES)[number];

interface Stamp {
  readonly index: number;
  readonly timeMs: number;
}

/** A client process asks the system for something. `op` names the operation, e.g. `place-order`. */
export interface Invocation extends Stamp {
  readonly type: 'invoke';
  readonly process: number;
  readonly op: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * How an operation ended: `ok` (it happened), `fail` (it certainly did not), `info` (outcome unknown: a
 * timeout, a dropped connection, a 5xx). `invocation` is the index of the event that it completes.
 */
export interface Completion extends Stamp {
  readonly type: 'ok' | 'fail' | 'info';
  readonly process: number;
  readonly op: string;
  readonly invocation: number;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

/** What a probe saw; `kind` names the instrument (`pid-dead`, `connection-refused`, `probe-latency`, …). */
export interface Evidence {
  readonly kind: string;
  readonly detail: string;
  readonly values?: Readonly<Record<string, number | string | boolean>>;
}

/**
 * The life of one fault: `inject` (about to be done), `effective` (proof that it bit), `heal` (about to be
 * undone), `healed` (proof that it is gone). A phase without `evidence` proves nothing. `fault` is the id of
 * the step in the schedule, `kind` the name of the fault.
 */
export interface FaultEvent extends Stamp {
  readonly type: 'fault';
  readonly phase: 'inject' | 'effective' | 'heal' | 'healed';
  readonly fault: string;
  readonly kind: string;
  readonly targets: readonly string[];
  readonly evidence?: Evidence;
  readonly error?: string;
}

export interface PhaseEvent extends Stamp {
  readonly type: 'phase';
  readonly phase: PhaseName;
  readonly state: 'begin' | 'end' | 'failed';
  readonly detail?: string;
  /** At its end: share of the machine's processor time that was used meanwhile, 0 to 1, by the system, the harness and whatever else ran. */
  readonly busy?: number;
}

/**
 * Something the harness saw beside operations and faults: `bypass` (a connection outside every link),
 * `trigger` (an OnEvent condition was met), `probe` (a steady-state measurement), `stuck`, `teardown`,
 * `interrupted`, `process-exit` (unasked).
 */
export interface ObservationEvent extends Stamp {
  readonly type: 'observation';
  readonly kind: string;
  readonly values: Readonly<Record<string, unknown>>;
}

type WithoutStamp<E> = E extends Event ? Omit<E, 'index' | 'timeMs'> : never;
/** An event before the recorder gave it its place and time. */
export type UnstampedEvent = WithoutStamp<Event>;
