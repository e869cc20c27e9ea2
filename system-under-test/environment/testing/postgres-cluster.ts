import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ensureAll } from '../components/ensure-all.ts';
import type { ServerName } from '../components/server-name.ts';
import { findSetpriv } from '../keeper/death-signal.ts';
import { identify, signalExactly } from '../keeper/process-identity.ts';
import { Supervisor } from '../keeper/supervisor.ts';
import { DRIVERS } from '../servers/drivers.ts';
import { freePort } from '../servers/free-port.ts';
import { HAPROXY_SERVER } from '../servers/haproxy.ts';
import { PATRONI_SERVER } from '../servers/patroni.ts';
import { hasRole, restPortOf } from '../servers/patroni-control.ts';
import { clearPostgresLeftovers, postmasterOf } from '../servers/postgres-leftovers.ts';
import type { NodeInTopology, ServerDriver, ServerNode, ServerPlace } from '../servers/server-driver.ts';
import { waitUntilReady } from '../servers/wait-until-ready.ts';

const READY_WITHIN_MS = 60_000;
/** Patroni looks once a second at what it has to do to its member, which may be to start it again. */
const PATRONI_LOOPS_MS = 2_500;
export const MEMBERS = ['postgres-1', 'postgres-2', 'postgres-3'] as const;
export type Member = (typeof MEMBERS)[number];

/** A PostgreSQL cluster for an integration test, under the keeper's own supervisor; disposing leaves nothing. */
export interface PostgresCluster extends AsyncDisposable {
  /** Address behind which the primary is. */
  readonly port: number;
  readonly supervisor: Supervisor;
  readonly environmentId: string;
  readonly folder: string;
  /** From the first process to three members that serve, in milliseconds. */
  readonly readyAfterMs: number;
  readonly ports: Readonly<Record<Member, number>>;
  readonly restPorts: Readonly<Record<Member, number>>;
  /** Waits until there is one, and one other than `before`. */
  primary(signal: AbortSignal, before?: Member): Promise<Member>;
  /** `kill -9` of the member's postmaster, Patroni lives. */
  killPostgres(member: Member): Promise<void>;
  /** `kill -9` of Patroni, PostgreSQL lives. */
  killPatroni(member: Member): Promise<void>;
  /** Resolves when all members serve, one of them as a synchronous standby, and none is about to be started again. */
  whenHealthy(signal: AbortSignal): Promise<void>;
}

export async function startPostgresCluster(): Promise<PostgresCluster> {
  const installations = await ensureAll(['postgres', 'etcd', 'patroni', 'haproxy']);
  const folder = await mkdtemp(join(tmpdir(), 'chaos-cluster-'));
  await chmod(folder, 0o755);
  const nodes = await planNodes();
  const environmentId = `test-${process.pid}-${folder.slice(-6)}`;
  const supervisor = new Supervisor({
    environmentId,
    setpriv: findSetpriv(),
    beforeStart: async ({ postgresDir }) => {
      if (postgresDir !== undefined) await clearPostgresLeftovers(postgresDir, AbortSignal.timeout(READY_WITHIN_MS));
    },
    onExit: () => {},
    persist: () => {},
  });
  const nodeOf = (component: string): NodeInTopology => {
    const node = nodes.find((each) => each.component === component);
    if (node === undefined) throw new Error(`there is no ${component}`);
    return { ...node, nodes };
  };
  const dispose = async () => {
    const survivors = await supervisor.discardAll();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    if (survivors.length > 0) throw new Error(`still running: ${survivors.join(', ')}`);
  };
  const startedAt = performance.now();
  const limit = AbortSignal.timeout(READY_WITHIN_MS);
  try {
    for (const { component, server } of nodes) {
      const node = nodeOf(component);
      const place: ServerPlace = {
        ...node,
        dataDir: join(folder, component),
        logFile: join(folder, `${component}.log`),
        advertisedPort: node.port,
        reach: ({ port }) => port,
        programs: installations,
      };
      const driver: ServerDriver<ServerName> = DRIVERS[server];
      const spec = await driver.prepare(installations[server as keyof typeof installations], place, limit);
      await supervisor.spawn({ ...spec, name: component });
      // Patroni waits for seconds when it finds no etcd.
      if (server === 'etcd') await waitUntilReady(driver, node, limit);
    }
    const members = MEMBERS.map(nodeOf);
    const haproxy = nodeOf('haproxy');
    const byMember = (portOf: (node: ServerNode) => number) =>
      Object.fromEntries(members.map((member) => [member.component, portOf(member)])) as Record<Member, number>;
    const restPorts = byMember(restPortOf);
    const postmasters = () => Promise.all(MEMBERS.map((name) => postmasterOf(join(folder, name, 'postgres'))));
    const whenHealthy = async (signal: AbortSignal) => {
      for (;;) {
        await waitUntilReady(HAPROXY_SERVER, haproxy, signal);
        await Promise.all(members.map((member) => waitUntilReady(PATRONI_SERVER, member, signal)));
        await untilRole(restPorts, 'synchronous', signal);
        const serving = await postmasters();
        await delay(PATRONI_LOOPS_MS, undefined, { signal });
        if (isDeepStrictEqual(await postmasters(), serving)) return;
      }
    };
    await whenHealthy(limit);
    return {
      port: haproxy.port,
      ports: byMember(({ port }) => port),
      ...{ supervisor, environmentId, folder, restPorts, whenHealthy },
      readyAfterMs: performance.now() - startedAt,
      primary: (signal, before) => untilRole(restPorts, 'primary', signal, before),
      killPostgres: async (member) => {
        const postmaster = identify(await postmasterOf(join(folder, member, 'postgres')));
        if (postmaster === undefined || !signalExactly(postmaster, 'SIGKILL')) throw new Error(`${member} has none`);
      },
      killPatroni: async (member) => {
        const pid = supervisor.status().find(({ name }) => name === member)?.pid;
        const patroni = pid === undefined ? undefined : identify(pid);
        if (patroni === undefined || !signalExactly(patroni, 'SIGKILL')) throw new Error(`${member} does not run`);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A node of each kind with free ports, in the order in which they are started. */
async function planNodes(): Promise<readonly ServerNode[]> {
  const used = new Set<number>();
  const next = async (): Promise<number> => {
    const port = await freePort(used);
    used.add(port);
    return port;
  };
  const nodes: ServerNode[] = [];
  const members = MEMBERS.map((component) => ({ component, server: 'patroni' as const }));
  for (const node of [
    { component: 'etcd', server: 'etcd' as const },
    ...members,
    { component: 'haproxy', server: 'haproxy' as const },
  ]) {
    const extraPorts: Record<string, number> = {};
    for (const name of DRIVERS[node.server].extraPorts ?? []) extraPorts[name] = await next();
    nodes.push({ ...node, port: await next(), extraPorts });
  }
  return nodes;
}

/** The member, not `except`, whose Patroni says that it has the role; waits until one does. */
async function untilRole(
  restPorts: Readonly<Record<Member, number>>,
  role: 'primary' | 'synchronous',
  signal: AbortSignal,
  except?: Member,
): Promise<Member> {
  for (;;) {
    signal.throwIfAborted();
    // A paused one says nothing.
    const isIt = await Promise.all(
      MEMBERS.map((name) => hasRole(restPorts[name], role, AbortSignal.timeout(1_000)).catch(() => false)),
    );
    const member = MEMBERS.find((name, index) => isIt[index] === true && name !== except);
    if (member !== undefined) return member;
    await delay(50, undefined, { signal });
  }
}
