import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAll } from '../components/ensure-all.ts';
import { findOnPath } from '../components/find-on-path.ts';
import type { ServerName } from '../components/server-name.ts';
import { releaseSharedMemory, segmentsOf } from '../keeper/shared-memory.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { installationOf } from '../servers/installation-of.ts';
import { directPlace, freeNodes } from '../servers/place-nodes.ts';
import { clearPostgresLeftovers } from '../servers/postgres-leftovers.ts';
import type { ServerNode } from '../servers/server-driver.ts';
import { driverOf } from '../servers/server-nodes.ts';
import { waitUntilReady } from '../servers/wait-until-ready.ts';

const READY_WITHIN_MS = 60_000;

/** One real server for an integration test; disposing kills it and removes its data. */
export interface StartedServer extends AsyncDisposable {
  readonly node: ServerNode;
  readonly port: number;
  /** Kafka: `host:port`; Toxiproxy: its control API; else a URL with its scheme. `database`: see `ServerDriver.url`. */
  readonly url: string;
  /** Process id; another one after `restart`. */
  readonly pid: number;
  readonly spec: ProcessSpec;
  /** `kill -9`, resolves when the process is gone. */
  kill(): Promise<void>;
  /** `kill -9` when it runs, then starts it on the same data and port; resolves when it is ready. */
  restart(): Promise<void>;
}

/**
 * Starts one real server as a direct child on a free loopback port with its data in a temporary folder; resolves
 * when it serves clients. Rejects with the end of its log when it does not. Missing servers are installed first.
 */
export async function startServer(
  name: ServerName,
  options: { readonly signal?: AbortSignal } = {},
): Promise<StartedServer> {
  const nodes = await freeNodes(driverOf(name), 1);
  const [node] = nodes;
  if (node === undefined) throw new Error('there is no node to start');
  return startNode(node, nodes, options);
}

/** A cluster for an integration test; disposing ends all of it. */
export interface StartedCluster extends AsyncDisposable {
  readonly members: readonly StartedServer[];
}

/** Starts several nodes of one program that know of each other; resolves when all are ready. */
export async function startCluster(
  name: ServerName,
  count: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<StartedCluster> {
  const nodes = await freeNodes(driverOf(name), count);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const started = await Promise.allSettled(
    nodes.map(async (node) => {
      try {
        return await startNode(node, nodes, { signal });
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  const members = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const dispose = async (): Promise<void> => {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
  };
  if (failed.signal.aborted) {
    await dispose();
    throw failed.signal.reason;
  }
  return { members, [Symbol.asyncDispose]: dispose };
}

/** Starts one of several nodes, which knows of the others. As `startServer`. */
export async function startNode(
  node: ServerNode,
  nodes: readonly ServerNode[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<StartedServer> {
  const signal = options.signal ?? new AbortController().signal;
  const driver = driverOf(node.server);
  const programs = await ensureAll([node.server, ...(driver.needs ?? [])], { signal });
  const folder = await mkdtemp(join(tmpdir(), `chaos-${node.component}-`));
  // PostgreSQL runs as another user when we are root, and must be able to pass.
  await chmod(folder, 0o755);
  const files = { dataDir: join(folder, 'data'), logFile: join(folder, `${node.component}.log`) };
  const place = directPlace(node, { nodes, programs, ...files });
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child !== undefined) await endChild(child);
  };
  const dispose = async () => {
    await kill();
    await clearLeftovers(spec, AbortSignal.timeout(READY_WITHIN_MS));
    releaseSharedMemory(new Set(), segmentsOf([spec.postgresDir ?? spec.cwd]));
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  const start = async () => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]);
    await clearLeftovers(spec, limit);
    child = await spawnServer(spec);
    await whileAlive(child, spec, (alive) => waitUntilReady(driver, place, AbortSignal.any([limit, alive])));
  };
  let spec: ProcessSpec;
  try {
    spec = await driver.prepare(installationOf(programs, node.server), place, signal);
    await start();
  } catch (error) {
    await kill();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    node,
    port: node.port,
    url: driver.url(node.port),
    spec,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** As the keeper does before it starts a process. */
async function clearLeftovers({ postgresDir }: ProcessSpec, signal: AbortSignal): Promise<void> {
  if (postgresDir !== undefined) await clearPostgresLeftovers(postgresDir, signal);
}

/** The server dies with us, also when a test runner kills us: nothing else would end it. */
async function spawnServer(spec: ProcessSpec): Promise<ChildProcess> {
  const log = await open(spec.logFile, 'a');
  try {
    const setpriv = await findOnPath('setpriv', process.env);
    const [command, args] =
      setpriv === undefined
        ? [spec.command, spec.args]
        : [setpriv, ['--pdeathsig', 'KILL', spec.command, ...spec.args]];
    const child = spawn(command, [...args], {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', log.fd, log.fd],
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await log.close();
  }
}

/** Runs `work` with a signal that aborts when the child ends, and then rejects with the end of its log. */
async function whileAlive(
  child: ChildProcess,
  spec: ProcessSpec,
  work: (alive: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const onExit = (code: number | null) => ended.abort(new Error(`${spec.name} ended with code ${code}`));
  child.once('exit', onExit);
  try {
    await work(ended.signal);
  } catch (error) {
    const log = await readFile(spec.logFile, 'utf8').catch(() => '');
    throw new Error(`${spec.name} did not start; the end of its log:\n${log.slice(-2_000)}`, { cause: error });
  } finally {
    child.off('exit', onExit);
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
