import type { ComponentState } from '../../contract/environment.ts';
import type { FaultEntry } from '../ledger/ledger-codec.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What the keeper knows of one child. */
export interface ChildStatus {
  readonly name: string;
  readonly state: ComponentState;
  /** Absent once the process has ended. */
  readonly pid?: number;
  readonly starts: number;
}

/** How a child ended. `asked`: a request or a heal of ours ended it. */
export interface ChildExit {
  readonly name: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly asked: boolean;
}

/** Where the proxy of a link is driven, so that the keeper can restore the link without its owner. */
export interface LinkControl {
  readonly name: string;
  readonly client: string;
  /** Child that carries the client's links. */
  readonly process: string;
  readonly controlPort: number;
  readonly listenPort: number;
  readonly upstreamPort: number;
}

export type ChildSignal = 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';

/** A half of a child that supervises another program: Patroni and its PostgreSQL. */
export type ChildPart = 'supervisor' | 'supervised';

/** Requests by name. Every answer arrives once the thing asked for is done, not when it was started. */
export interface KeeperOperations {
  /** Makes this connection the owner. There is one: without it the keeper heals, and ends an unshared environment. */
  claim: { input: Record<never, never>; output: { keeper: ProcessIdentity; isShared: boolean } };
  /** Gives ownership back in order: nothing is healed or ended because of it. Refused while faults are open. */
  release: { input: Record<never, never>; output: Record<never, never> };
  /** From now on the environment outlives its owner (`chaos up`). */
  share: { input: Record<never, never>; output: Record<never, never> };
  /** Starts a new child, or one that has ended under a new spec. */
  spawn: { input: { spec: ProcessSpec }; output: ChildStatus };
  /** Starts an ended child by its spec; a running child stays as it is. */
  start: { input: { name: string }; output: ChildStatus };
  /** Asks the child to end by its stop signal, and kills it when it does not. */
  stop: { input: { name: string }; output: ChildStatus };
  /** SIGKILL ends, SIGSTOP pauses, SIGCONT resumes the child and every process below it. */
  signal: { input: { name: string; signal: ChildSignal }; output: ChildStatus };
  /** Kills one half and leaves the other alive. Without the supervisor the child counts as exited; `start` brings it back. */
  'kill-part': { input: { name: string; part: ChildPart }; output: ChildStatus };
  status: { input: Record<never, never>; output: { children: readonly ChildStatus[] } };
  /** Tells the keeper every link; the Toxiproxy servers must answer. */
  links: { input: { links: readonly LinkControl[] }; output: Record<never, never> };
  'begin-fault': { input: { entry: FaultEntry }; output: Record<never, never> };
  'end-fault': { input: { id: string }; output: Record<never, never> };
  'open-faults': { input: Record<never, never>; output: { entries: readonly FaultEntry[] } };
  /** Undoes every open fault now. */
  heal: { input: Record<never, never>; output: { healed: readonly string[] } };
  /** Ends every child, removes run directory and lock, answers with every process that ever ran, and exits. */
  shutdown: { input: Record<never, never>; output: { everStarted: readonly ProcessIdentity[] } };
}
export type KeeperOperation = keyof KeeperOperations;

export interface RequestFrame<Op extends KeeperOperation = KeeperOperation> {
  readonly id: number;
  readonly op: Op;
  readonly input: KeeperOperations[Op]['input'];
}

/** What the keeper says without being asked. */
export type KeeperEvent =
  | ({ readonly event: 'exit' } & ChildExit)
  | { readonly event: 'lease-expired'; readonly fault: string; readonly error?: string };

export type KeeperFrame =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } }
  | KeeperEvent;
