import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import type { ComponentState } from '../../contract/environment.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { withDeathSignal } from './death-signal.ts';
import { postgresProcessesIn } from './marked-processes.ts';
import {
  identify,
  identityOf,
  isRunning,
  type ProcessIdentity,
  type ProcessStat,
  readStat,
  signalExactly,
} from './process-identity.ts';
import { allProcesses, descendantsOf, signalTree, signalUntilNoneIsNew } from './process-tree.ts';
import type { ChildExit, ChildStatus } from './protocol.ts';
import { until } from './until.ts';

/** How long the kernel may take to end a killed process, and its descendants to notice. */
const KILL_TIMEOUT_MS = 3_000;

export interface ChildSurroundings {
  /** Clears what a killed predecessor may have left; resolves when the process may start. */
  readonly beforeStart: (spec: ProcessSpec) => Promise<void>;
  readonly setpriv: string | undefined;
  /** Called after each change of the process tree, before the request that caused it is answered. */
  readonly onChange: () => void;
  readonly onExit: (exit: ChildExit) => void;
}

/**
 * One child process through all its lives. Methods act on the whole tree below it, resolve once the kernel shows the
 * new state, and are idempotent. They must not overlap: the supervisor serialises them.
 */
export class SupervisedChild {
  readonly spec: ProcessSpec;
  readonly #surroundings: ChildSurroundings;
  #state: ComponentState = 'exited';
  #starts: number;
  #identity: ProcessIdentity | undefined;
  /** Processes below it that are paused: they cannot end by themselves when it ends. */
  #frozen: readonly ProcessIdentity[] = [];
  #isExitAsked = false;
  readonly #everDetached = new Map<string, ProcessIdentity>();

  /** `starts`: lives that a predecessor under the same name already had. */
  constructor(spec: ProcessSpec, surroundings: ChildSurroundings, starts = 0) {
    this.spec = spec;
    this.#surroundings = surroundings;
    this.#starts = starts;
  }

  get status(): ChildStatus {
    const pid = this.#state === 'exited' ? undefined : this.#identity?.pid;
    return { name: this.spec.name, state: this.#state, starts: this.#starts, ...(pid === undefined ? {} : { pid }) };
  }

  /** The processes that must be ended if the keeper dies now. */
  get live(): readonly ProcessIdentity[] {
    return this.#state === 'exited' || this.#identity === undefined ? [] : [this.#identity, ...this.#frozen];
  }

  /** Processes of it that led a session of their own whenever it was signalled; some may have left shared memory. */
  get everDetached(): readonly ProcessIdentity[] {
    return [...this.#everDetached.values()];
  }

  /** Processes of it that may be in no tree below it. */
  #detached(): readonly ProcessIdentity[] {
    const { postgresDir } = this.spec;
    return postgresDir === undefined ? [] : postgresProcessesIn(postgresDir);
  }

  /** Signals what is below it and what is detached from it; `identity`: itself, when it runs. */
  #signalAll(
    identity: ProcessIdentity | undefined,
    signal: NodeJS.Signals,
    snapshot?: readonly ProcessStat[],
  ): readonly ProcessIdentity[] {
    const below = identity === undefined ? [] : signalTree(identity, signal, snapshot);
    const detached = signalUntilNoneIsNew(() => this.#detached(), signal, below);
    for (const each of detached) this.#everDetached.set(`${each.pid}/${each.startTicks}`, each);
    return [...below, ...detached].filter(({ pid }) => pid !== identity?.pid);
  }

  /** Starts it unless it runs. Its log is appended to. */
  async start(): Promise<void> {
    if (this.#state !== 'exited') return;
    const { spec } = this;
    accessSync(spec.command, constants.X_OK);
    await this.#surroundings.beforeStart(spec);
    const { command, args } = withDeathSignal(spec, this.#surroundings.setpriv);
    const log = openSync(spec.logFile, 'a', 0o644);
    try {
      const child = spawn(command, args, {
        cwd: spec.cwd,
        env: spec.env,
        stdio: ['ignore', log, log],
        ...(spec.uid === undefined ? {} : { uid: spec.uid }),
        ...(spec.gid === undefined ? {} : { gid: spec.gid }),
      });
      this.#adopt(child);
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    } finally {
      closeSync(log);
    }
  }

  #adopt(child: ChildProcess): void {
    const { pid } = child;
    // Without a pid the start has failed; `error` follows and says why.
    if (pid === undefined) return;
    // Even a process that has ended already can be identified: nobody has reaped it before this turn ends.
    this.#identity = identify(pid);
    this.#state = 'running';
    this.#starts += 1;
    this.#isExitAsked = false;
    child.once('exit', (code, signal) => {
      this.#state = 'exited';
      for (const identity of this.#frozen) signalExactly(identity, 'SIGKILL');
      this.#frozen = [];
      this.#surroundings.onChange();
      this.#surroundings.onExit({ name: this.spec.name, pid, code, signal, asked: this.#isExitAsked });
    });
    this.#surroundings.onChange();
  }

  /** Ends the tree at once, without a chance to tidy up. `snapshot`: a recent look at all processes. */
  async kill(snapshot?: readonly ProcessStat[]): Promise<void> {
    const identity = this.#state === 'exited' ? undefined : this.#identity;
    this.#isExitAsked = true;
    const below = this.#signalAll(identity, 'SIGKILL', snapshot);
    await this.#ended(below, KILL_TIMEOUT_MS);
  }

  /** Ends the process itself and leaves alive what it has started in sessions of their own. */
  async killSupervisor(): Promise<void> {
    const identity = this.#identity;
    if (this.#state === 'exited' || identity === undefined) return;
    this.#isExitAsked = true;
    signalExactly(identity, 'SIGKILL');
    await this.#ended([], KILL_TIMEOUT_MS);
  }

  /** Ends what it supervises, as it is now: it may be starting it anew already. */
  async killSupervised(): Promise<void> {
    const supervised = this.#detached();
    if (supervised.length === 0) throw new Error(`${this.spec.name} supervises nothing`);
    for (const each of supervised) {
      this.#everDetached.set(`${each.pid}/${each.startTicks}`, each);
      signalExactly(each, 'SIGKILL');
    }
    const isGone = await until(() => !supervised.some(isRunning), KILL_TIMEOUT_MS);
    if (!isGone) throw new Error(`what ${this.spec.name} supervises has not ended after ${KILL_TIMEOUT_MS} ms`);
  }

  /** Asks it to end; when it has not after its own timeout, the tree is killed. */
  async stop(): Promise<void> {
    const identity = this.#identity;
    if (this.#state === 'exited' || identity === undefined) return;
    // A stopped process keeps the signal pending for ever.
    await this.resume();
    this.#isExitAsked = true;
    const below = [...descendantsOf(identity.pid, allProcesses()).map(identityOf), ...this.#detached()];
    signalExactly(identity, this.spec.stopSignal);
    const isGone = await until(() => this.#state === 'exited', this.spec.stopTimeoutMs);
    if (!isGone) await this.kill();
    await this.#ended(below, 500).catch(() => {
      for (const orphan of below) signalExactly(orphan, 'SIGKILL');
    });
  }

  /** Takes the processor away from the whole tree. */
  async pause(): Promise<void> {
    const identity = this.#identity;
    if (this.#state === 'exited' || identity === undefined) throw new Error(`${this.spec.name} does not run`);
    this.#frozen = this.#signalAll(identity, 'SIGSTOP');
    this.#state = 'paused';
    this.#surroundings.onChange();
    const isStopped = await until(() => readStat(identity.pid)?.state === 'T', KILL_TIMEOUT_MS);
    if (!isStopped) throw new Error(`${this.spec.name} (pid ${identity.pid}) did not stop on SIGSTOP`);
  }

  /** Undoes `pause`; does nothing to a child that is not paused. */
  async resume(): Promise<void> {
    const identity = this.#identity;
    if (this.#state !== 'paused' || identity === undefined) return;
    signalTree(identity, 'SIGCONT');
    for (const frozen of this.#frozen) signalExactly(frozen, 'SIGCONT');
    this.#frozen = [];
    this.#state = 'running';
    this.#surroundings.onChange();
    await until(() => readStat(identity.pid)?.state !== 'T', KILL_TIMEOUT_MS);
  }

  async #ended(below: readonly ProcessIdentity[], timeoutMs: number): Promise<void> {
    const isGone = await until(() => this.#state === 'exited' && !below.some(isRunning), timeoutMs);
    if (!isGone) throw new Error(`${this.spec.name} (pid ${this.#identity?.pid}) has not ended after ${timeoutMs} ms`);
  }
}
