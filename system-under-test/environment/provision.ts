import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  type ComponentName,
  componentsOf,
  type Detection,
  type Publisher,
  type Topology,
} from '../contract/components.ts';
import type { Preparation } from '../contract/environment.ts';
import { SETTINGS } from '../contract/settings.ts';
import { acquireServers } from './acquire-servers.ts';
import { countBypasses } from './bypass-report.ts';
import { captureOutboxes } from './capture-outboxes.ts';
import type { Installations } from './components/ensure-all.ts';
import type { InstallProgress } from './components/install-progress.ts';
import type { InstallableName } from './components/installable-name.ts';
import type { ServerName } from './components/server-name.ts';
import { sourcesFor } from './components/sources.ts';
import { mountDisk, removeWithMounts } from './data-disk.ts';
import { assertSpace, DiskFull, isDiskFull, NEEDED_BYTES } from './disk-full.ts';
import { EnvironmentBusy, readLock, releaseLock, takeLock } from './environment-lock.ts';
import { type EnvironmentPaths, environmentPaths, runtimePaths } from './environment-paths.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { ExitWatch } from './exit-watch.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { launchKeeper } from './keeper/launch-keeper.ts';
import { identify } from './keeper/process-identity.ts';
import { readProcessRecords } from './keeper/process-records.ts';
import { type PortMode, type PortPlan, planPorts } from './port-plan.ts';
import { ProcessEnvironment } from './process-environment.ts';
import { recoverLeftovers } from './recover-leftovers.ts';
import { ownProcesses } from './reset-data.ts';
import { installationOf } from './servers/installation-of.ts';
import { driverOf, nodeOf, programsOf, serversOf } from './servers/server-nodes.ts';
import { type ServiceExtras, startProcesses, untilAllReady } from './start-topology.ts';

/** What is going on; `elapsedMs` since `provision` was called. */
export type ProvisionProgress =
  | { readonly kind: 'recovered'; readonly processes: readonly string[]; readonly faults: readonly string[] }
  | { readonly kind: 'install'; readonly progress: InstallProgress }
  | { readonly kind: 'ready'; readonly component: ComponentName; readonly elapsedMs: number };

export interface ProvisionOptions {
  /** Default: compact. */
  readonly topology?: Topology;
  /** Who brings outbox rows to their topics; default: each service's own relay. */
  readonly publisher?: Publisher;
  /** How soon the servers of a cluster take a silent fellow for dead; default: fast. */
  readonly detection?: Detection;
  readonly ports: PortMode;
  /** Holds the lock and the record of a shared environment (`.chaos`). */
  readonly stateDir: string;
  /** Keeps ledger, logs and the log of bypasses: a run's bundle. */
  readonly runDir: string;
  /** False: services connect directly, and there are no links to disturb. */
  readonly proxies?: boolean;
  /** True: the services send spans to the environment's `collectorPort`, whether somebody listens there or not. */
  readonly traces?: boolean;
  /** Additional variables for every service, e.g. settings of the contract. */
  readonly serviceEnv?: Readonly<Record<string, string>>;
  /** Additional arguments for every service's node, e.g. `--import` of a preload that plants a defect. */
  readonly serviceExecArgv?: readonly string[];
  /** Fail instead of installing what is missing. */
  readonly cacheOnly?: boolean;
  /** What more must be possible with some components; default: nothing. */
  readonly prepare?: Preparation | undefined;
  readonly onProgress?: (progress: ProvisionProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts the whole topology; resolves when every component is ready. When it rejects, nothing is left: no
 * process, no lock. Rejects with `EnvironmentBusy`, `PortTaken`, `DiskFull`, `ComponentUnavailable`,
 * `ComponentNotReady`, `OutboxesNotCaptured`, or the signal's reason.
 */
export async function provision(options: ProvisionOptions): Promise<ProcessEnvironment> {
  const startedMs = performance.now();
  const { signal, stateDir, runDir } = options;
  const topology = options.topology ?? 'compact';
  const publisher = options.publisher ?? 'relay';
  const onProgress = options.onProgress ?? (() => undefined);
  signal.throwIfAborted();
  for (const { ended, faults } of await recoverLeftovers(stateDir)) {
    onProgress({ kind: 'recovered', processes: ended, faults });
  }
  const environmentId = randomBytes(4).toString('hex');
  const paths = environmentPaths(environmentId, stateDir, runDir);
  await using undo = new AsyncDisposableStack();
  lockFor(environmentId, paths);
  undo.defer(() => {
    removeWithMounts(paths.runtimeDir);
    releaseLock(paths.lock, environmentId);
  });
  try {
    assertSpace(paths.runtimeDir, NEEDED_BYTES.data);
    assertSpace(paths.logsDir, NEEDED_BYTES.logs);
    const plan = await planPorts(topology, options.ports, publisher);
    const onInstall = (progress: InstallProgress): void => onProgress({ kind: 'install', progress });
    const cacheOnly = options.cacheOnly ?? false;
    const hasClocks = options.prepare !== undefined && options.prepare.clocks.length > 0;
    const installations = await acquireServers({
      names: [...programsOf(topology, publisher), ...(hasClocks ? (['libfaketime'] as const) : [])],
      sources: sourcesFor(topology, publisher),
      cacheOnly,
      onProgress: onInstall,
      signal,
    });
    const { client, keeper } = await launchKeeper(environmentId, paths, signal);
    undo.defer(() => endKeeper(client));
    const exits = new ExitWatch(client, componentsOf(topology, publisher));
    const prepared = options.prepare && {
      clocks: options.prepare.clocks,
      disks: withDisks(options.prepare.disks, plan, paths),
    };
    const record = recordOf(environmentId, { ...options, prepare: prepared }, paths, plan, installations);
    const { nodes, links } = record;
    // `chaos up` appends to the log of the time before. Services connect while they start, and that counts.
    const bypassesBefore = countBypasses(record.bypassLog);
    const context = { client, installations, paths, nodes, links, signal };
    const fleet = await startProcesses(context, record, {
      ...extrasOf(options),
      clocks: clocksOf(installations, options.prepare),
    });
    const environment = new ProcessEnvironment({
      record,
      client,
      keeper,
      exits,
      fleet,
      isShared: false,
      bypassesBefore,
    });
    await untilAllReady(environment, signal, (component) =>
      onProgress({ kind: 'ready', component, elapsedMs: performance.now() - startedMs }),
    );
    if (publisher === 'debezium') {
      const ended = new AbortController();
      environment.onUnexpectedExit((name, detail) => {
        if (name === 'connect') ended.abort(new Error(`connect: ${detail}`));
      });
      await captureOutboxes(record, AbortSignal.any([signal, ended.signal]));
    }
    undo.move();
    return environment;
  } catch (error) {
    signal.throwIfAborted();
    if (!isDiskFull(error) || error instanceof DiskFull) throw error;
    throw new DiskFull(paths.runtimeDir, 'a component could not write', { cause: error });
  }
}

function lockFor(environmentId: string, paths: EnvironmentPaths): void {
  const holder = identify(process.pid);
  if (holder === undefined) throw new Error('this process is not in /proc; local environments need Linux');
  const { lock, runtimeDir, ledger } = paths;
  if (takeLock(lock, { environmentId, holder, runtimeDir, ledger, atIso: new Date().toISOString() })) return;
  const other = readLock(lock);
  const records = other === undefined ? undefined : readProcessRecords(runtimePaths(other.runtimeDir).processRecords);
  const pid = records?.isShared ? records.keeper.pid : other?.holder.pid;
  throw new EnvironmentBusy(lock, pid, records?.isShared ?? false);
}

/** The keeper ends everything that it started; one that does not answer ends it when the connection is gone. */
async function endKeeper(client: KeeperClient): Promise<void> {
  await client.request('shutdown', {}).catch(() => undefined);
  client[Symbol.dispose]();
}

function recordOf(
  environmentId: string,
  options: ProvisionOptions,
  paths: EnvironmentPaths,
  plan: PortPlan,
  installations: Partial<Installations<ServerName>>,
): EnvironmentRecord {
  const topology = options.topology ?? 'compact';
  const publisher = options.publisher ?? 'relay';
  const detection = options.detection ?? 'fast';
  const own = ownProcesses(topology).map((name) => [name, `node ${process.versions.node}`]);
  const programs: readonly { readonly component: string; readonly server: ServerName }[] = [
    ...serversOf(topology, publisher),
    { component: 'toxiproxy', server: 'toxiproxy' },
  ];
  const found = programs.map(({ component, server }) => [component, describeVersions(installations, server)]);
  return {
    formatVersion: 2,
    environmentId,
    topology,
    publisher,
    detection,
    startedAt: new Date().toISOString(),
    paths,
    ports: plan.components,
    nodes: plan.nodes.map((node) => ({ ...node, detection })),
    links: options.proxies === false ? [] : plan.links,
    versions: Object.fromEntries([...found, ...own]),
    bypassLog: join(resolve(options.runDir), 'connections.ndjson'),
    ...(options.traces === true ? { collectorPort: plan.collectorPort } : {}),
    ...(options.prepare === undefined ? {} : { prepared: options.prepare }),
  };
}

/** Version and origin of a program; what it runs is named with it (`patroni 4.1.5 (cache), postgres 18.4 (cache)`). */
function describeVersions(installations: Partial<Installations<ServerName>>, server: ServerName): string {
  const needs = driverOf(server).needs ?? [];
  const describe = (name: ServerName): string => {
    const { version, origin } = installationOf(installations, name);
    return `${version} (${origin})`;
  };
  return needs.length === 0
    ? describe(server)
    : [server, ...needs].map((name) => `${name} ${describe(name)}`).join(', ');
}

/** Those of the components that got a file system of their own. */
function withDisks(
  components: readonly ComponentName[],
  { nodes }: PortPlan,
  { dataDir }: EnvironmentPaths,
): readonly ComponentName[] {
  return components.filter((component) => {
    const node = nodeOf(nodes, component);
    return node !== undefined && mountDisk(node.server, join(dataDir, component));
  });
}

function clocksOf(
  { libfaketime }: Partial<Installations<InstallableName>>,
  prepare: Preparation | undefined,
): ServiceExtras['clocks'] {
  if (libfaketime === undefined || prepare === undefined) return undefined;
  return { library: libfaketime.path, components: prepare.clocks };
}

function extrasOf(options: ProvisionOptions): ServiceExtras {
  const publisher = options.publisher === 'debezium' ? { [SETTINGS.outboxPublisher]: options.publisher } : {};
  return { env: { ...publisher, ...options.serviceEnv }, execArgv: options.serviceExecArgv ?? [] };
}
