import type { ProcessSpec } from '../process-spec.ts';
import { releaseClocks } from '../service-clock.ts';
import { ENVIRONMENT_MARK, markedProcesses } from './marked-processes.ts';
import { isRunning, type ProcessIdentity, signalExactly } from './process-identity.ts';
import { allProcesses } from './process-tree.ts';
import type { ChildExit, ChildPart, ChildSignal, ChildStatus } from './protocol.ts';
import { releaseSharedMemory, segmentsOf } from './shared-memory.ts';
import { SupervisedChild } from './supervised-child.ts';
import { until } from './until.ts';

const SWEEP_TIMEOUT_MS = 1_000;

export interface SupervisorOptions {
  /** Every child carries it as a mark, and with it whatever the child starts. */
  readonly environmentId: string;
  readonly setpriv: string | undefined;
  readonly beforeStart: (spec: ProcessSpec) => Promise<void>;
  readonly onExit: (exit: ChildExit) => void;
  /** Called with everything that runs after each change; must have persisted it when it returns. */
  readonly persist: (
    processes: readonly (ProcessIdentity & { readonly name: string })[],
    everStarted: readonly ProcessIdentity[],
  ) => void;
}

/** All children by name. Operations on one child run one after the other, on different children side by side. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<string, SupervisedChild>();
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #everStarted = new Map<string, ProcessIdentity>();
  #isEnding = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get everStarted(): readonly ProcessIdentity[] {
    return [...this.#everStarted.values()];
  }

  status(): readonly ChildStatus[] {
    return [...this.#children.values()].map((child) => child.status);
  }

  spawn(spec: ProcessSpec): Promise<ChildStatus> {
    return this.#enqueue(spec.name, async () => {
      this.#refuseWhenEnding(spec.name);
      const before = this.#children.get(spec.name);
      if (before !== undefined && before.status.state !== 'exited') throw new Error(`${spec.name} runs already`);
      const { setpriv, beforeStart, onExit } = this.#options;
      const mark = { [ENVIRONMENT_MARK]: this.#options.environmentId };
      const child = new SupervisedChild(
        { ...spec, env: { ...spec.env, ...mark } },
        {
          setpriv,
          onExit: (exit) => {
            releaseClocks(new Set([exit.pid]));
            onExit(exit);
          },
          onChange: () => this.persist(),
          beforeStart: async (next) => {
            await beforeStart(next);
            this.#refuseWhenEnding(next.name);
          },
        },
        before?.status.starts,
      );
      this.#children.set(spec.name, child);
      await child.start();
      return child.status;
    });
  }

  start(name: string): Promise<ChildStatus> {
    return this.#act(name, (child) => {
      this.#refuseWhenEnding(name);
      return child.start();
    });
  }

  stop(name: string): Promise<ChildStatus> {
    return this.#act(name, (child) => child.stop());
  }

  resume(name: string): Promise<ChildStatus> {
    return this.#act(name, (child) => child.resume());
  }

  signal(name: string, signal: ChildSignal): Promise<ChildStatus> {
    return this.#act(name, (child) => {
      if (signal === 'SIGKILL') return child.kill();
      return signal === 'SIGSTOP' ? child.pause() : child.resume();
    });
  }

  killPart(name: string, part: ChildPart): Promise<ChildStatus> {
    return this.#act(name, (child) => (part === 'supervisor' ? child.killSupervisor() : child.killSupervised()));
  }

  /**
   * Kills every child, also paused ones and ones that ignore signals, with everything below them, and starts none ever
   * after: their data are thrown away, so nothing is asked to tidy up. Does not wait for operations under way (a stop
   * may be waiting for seconds). Resolves to the names of those that even SIGKILL did not end.
   */
  async discardAll(): Promise<readonly string[]> {
    this.#isEnding = true;
    const snapshot = allProcesses();
    const survivors = await Promise.all(
      [...this.#children.values()].map((child) =>
        child.kill(snapshot).then(
          () => [],
          () => [child.spec.name],
        ),
      ),
    );
    const strays = markedProcesses(this.#options.environmentId);
    for (const stray of strays) signalExactly(stray, 'SIGKILL');
    await until(() => !strays.some(isRunning), SWEEP_TIMEOUT_MS);
    // Without writing it down: records are for a keeper that dies, and the disk may be full.
    this.#noteStarted();
    const postgresDirs = [...this.#children.values()].flatMap(({ spec }) => spec.postgresDir ?? []);
    const creators = new Set(this.everStarted.map(({ pid }) => pid));
    releaseSharedMemory(creators, segmentsOf(postgresDirs));
    releaseClocks(creators);
    return survivors.flat();
  }

  #refuseWhenEnding(name: string): void {
    if (this.#isEnding) throw new Error(`${name} is not started: the environment is being ended`);
  }

  #act(name: string, action: (child: SupervisedChild) => Promise<void>): Promise<ChildStatus> {
    return this.#enqueue(name, async () => {
      const child = this.#children.get(name);
      if (child === undefined) throw new Error(`there is no process named ${name}`);
      await action(child);
      return child.status;
    });
  }

  #enqueue<R>(name: string, work: () => Promise<R>): Promise<R> {
    const previous = this.#queues.get(name) ?? Promise.resolve();
    const next = previous.then(work, work);
    this.#queues.set(name, next);
    return next;
  }

  persist(): void {
    this.#noteStarted();
    const processes = [...this.#children.values()].flatMap((child) =>
      child.live.map((identity) => ({ ...identity, name: child.spec.name })),
    );
    this.#options.persist(processes, this.everStarted);
  }

  #noteStarted(): void {
    for (const identity of [...this.#children.values()].flatMap((child) => [...child.everDetached, ...child.live])) {
      this.#everStarted.set(`${identity.pid}/${identity.startTicks}`, identity);
    }
  }
}
