import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import { freeDisk } from '../ballast.ts';
import { removeWithMounts } from '../data-disk.ts';
import { abandonLock, releaseLock } from '../environment-lock.ts';
import type { EnvironmentPaths } from '../environment-paths.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { writeClock } from '../service-clock.ts';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { fleetOf } from './link-healing.ts';
import { messageOf } from './message-of.ts';
import { OpenFaults } from './open-faults.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { writeProcessRecords } from './process-records.ts';
import type { KeeperEvent, KeeperOperation, KeeperOperations, RequestFrame } from './protocol.ts';
import { Supervisor } from './supervisor.ts';

export interface KeeperOptions {
  readonly environmentId: string;
  readonly paths: EnvironmentPaths;
  readonly self: ProcessIdentity;
  readonly setpriv: string | undefined;
  readonly beforeStart: (spec: ProcessSpec) => Promise<void>;
  /** Ends itself when nobody claims it in this time. */
  readonly claimTimeoutMs: number;
  readonly log: (message: string) => void;
  readonly exit: (code: number) => void;
}

type Handlers = {
  [Op in keyof KeeperOperations]: (
    input: KeeperOperations[Op]['input'],
    connection: Socket,
  ) => Promise<KeeperOperations[Op]['output']>;
};

/** Time for the answer to `shutdown` to leave. */
const FAREWELL_MS = 50;

/**
 * Owns every child process and every fault of one environment, and outlives the CLI that started it. Whoever is
 * connected as owner decides; when that connection ends without `release`, in whatever way, the keeper heals every
 * open fault and, unless the environment is shared, ends everything and itself.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #supervisor: Supervisor;
  readonly #faults: OpenFaults;
  readonly #server: Server;
  readonly #claimTimer: NodeJS.Timeout;
  #fleet: LinkFleet | undefined;
  #owner: Socket | undefined;
  #isClaimed = false;
  #isShared = false;
  #ending: Promise<readonly ProcessIdentity[]> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { environmentId, paths, self, setpriv, beforeStart, claimTimeoutMs } = options;
    this.#supervisor = new Supervisor({
      environmentId,
      setpriv,
      beforeStart,
      onExit: (exit) => this.#tell({ event: 'exit', ...exit }),
      persist: (processes, everStarted) =>
        writeProcessRecords(paths.processRecords, {
          environmentId,
          keeper: self,
          isShared: this.#isShared,
          processes,
          everStarted,
        }),
    });
    this.#faults = new OpenFaults({
      ledgerPath: paths.ledger,
      tools: {
        supervisor: this.#supervisor,
        restoreLink: (link) => this.#restoreLink(link),
        freeDisk: (component) => freeDisk(join(paths.dataDir, component)),
        setClock: (component, offsetMs) => writeClock(paths.dataDir, component, offsetMs),
      },
      onLeaseExpired: (fault, error) =>
        this.#tell({ event: 'lease-expired', fault, ...(error === undefined ? {} : { error: messageOf(error) }) }),
    });
    this.#server = createServer((socket) => this.#serve(socket));
    this.#claimTimer = setTimeout(() => void this.end('nobody claimed it'), claimTimeoutMs);
  }

  /** Resolves when it can be connected to. */
  async listen(): Promise<void> {
    this.#supervisor.persist();
    const { socket } = this.#options.paths;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(socket, resolve);
    });
    chmodSync(socket, 0o600);
  }

  /**
   * Ends every child, then every trace on disk, the lock last, then the process. What fails is logged and keeps nothing
   * else from being ended. Resolves to every process that ever ran; the second call waits for the first.
   */
  end(why: string): Promise<readonly ProcessIdentity[]> {
    this.#ending ??= this.#end(why);
    return this.#ending;
  }

  /** The process that started it has gone or has done its part; without a claim by then, none will come. */
  launcherGone(): void {
    if (!this.#isClaimed) void this.end('its launcher died before it claimed it');
  }

  #serve(socket: Socket): void {
    readJsonLines(socket, (frame) => void this.#answer(socket, frame as RequestFrame));
    // `close` follows every error and every end, so it alone decides.
    socket.on('error', (error) => this.#options.log(`connection: ${error.message}`));
    socket.on('close', () => {
      if (socket === this.#owner) void this.#ownerLost();
    });
  }

  async #answer(socket: Socket, frame: RequestFrame): Promise<void> {
    try {
      const output = await this.#dispatch(frame.op, frame.input, socket);
      writeJsonLine(socket, { id: frame.id, output });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'FAILED';
      this.#options.log(`${frame.op}: ${messageOf(error)}`);
      writeJsonLine(socket, { id: frame.id, error: { code, message: messageOf(error) } });
    }
  }

  #dispatch<Op extends KeeperOperation>(
    op: Op,
    input: KeeperOperations[Op]['input'],
    socket: Socket,
  ): Promise<KeeperOperations[Op]['output']> {
    if (this.#ending !== undefined && op !== 'shutdown') throw new Error('the environment is being ended');
    return this.#handlers[op](input, socket);
  }

  readonly #handlers: Handlers = {
    claim: async (_input, socket) => {
      if (this.#owner !== undefined) throw Object.assign(new Error('another run uses it'), { code: 'BUSY' });
      clearTimeout(this.#claimTimer);
      this.#owner = socket;
      this.#isClaimed = true;
      return { keeper: this.#options.self, isShared: this.#isShared };
    },
    release: async () => {
      const open = this.#faults.list();
      if (open.length > 0) throw new Error(`faults are still open: ${open.map(({ id }) => id).join(', ')}`);
      if (!this.#isShared) throw new Error('only a shared environment can do without its owner');
      this.#owner = undefined;
      return {};
    },
    share: async () => {
      this.#isShared = true;
      this.#supervisor.persist();
      return {};
    },
    spawn: ({ spec }) => this.#supervisor.spawn(spec),
    start: ({ name }) => this.#supervisor.start(name),
    stop: ({ name }) => this.#supervisor.stop(name),
    signal: ({ name, signal }) => this.#supervisor.signal(name, signal),
    'kill-part': ({ name, part }) => this.#supervisor.killPart(name, part),
    status: async () => ({ children: this.#supervisor.status() }),
    links: async ({ links }) => {
      this.#fleet = await fleetOf(links, async (process) => {
        await this.#supervisor.signal(process, 'SIGKILL');
        await this.#supervisor.start(process);
      });
      return {};
    },
    'begin-fault': async ({ entry }) => {
      this.#faults.begin(entry);
      return {};
    },
    'end-fault': async ({ id }) => {
      this.#faults.end(id);
      return {};
    },
    'open-faults': async () => ({ entries: this.#faults.list() }),
    heal: async () => ({ healed: await this.#faults.healAll() }),
    shutdown: async () => ({ everStarted: await this.end('asked to') }),
  };

  async #ownerLost(): Promise<void> {
    this.#owner = undefined;
    if (!this.#isShared) {
      await this.end('its owner is gone');
      return;
    }
    this.#options.log('the owner is gone: healing');
    await this.#faults.healAll().catch((error: unknown) => this.#options.log(messageOf(error)));
  }

  async #restoreLink(link: string): Promise<void> {
    if (this.#fleet === undefined) throw new Error(`no proxy is known for link ${link}`);
    await this.#fleet.restore(link);
  }

  #tell(event: KeeperEvent): void {
    if (this.#owner !== undefined) writeJsonLine(this.#owner, event);
  }

  async #end(why: string): Promise<readonly ProcessIdentity[]> {
    const { paths, log, exit, environmentId } = this.#options;
    log(`ending: ${why}`);
    clearTimeout(this.#claimTimer);
    let exitCode = 0;
    // A full disk, for one, can make each of them fail; the others are done all the same, or nothing would ever end.
    const attempt = async (what: string, step: () => unknown): Promise<boolean> => {
      try {
        await step();
        return true;
      } catch (error) {
        exitCode = 1;
        log(`${what}: ${messageOf(error)}`);
        return false;
      }
    };
    const haveAllEnded = await attempt('ending the processes', async () => {
      const survivors = await this.#supervisor.discardAll();
      if (survivors.length > 0) throw new Error(`still running: ${survivors.join(', ')}`);
    });
    await attempt('closing the socket', () => this.#server.close());
    await attempt('removing the record of the shared environment', () => rmSync(paths.shared, { force: true }));
    const isRemoved = await attempt('removing the runtime directory', () => removeWithMounts(paths.runtimeDir));
    // The ledger may need the space that the servers' data took.
    if (haveAllEnded) await attempt('closing the faults', () => this.#faults.endAll());
    await attempt('closing the ledger', () => this.#faults[Symbol.dispose]());
    const giveBack = haveAllEnded && isRemoved ? releaseLock : abandonLock;
    await attempt('releasing the lock', () => giveBack(paths.lock, environmentId));
    log('ended');
    setTimeout(() => exit(exitCode), FAREWELL_MS);
    return this.#supervisor.everStarted;
  }
}
