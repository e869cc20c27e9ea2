import { join } from 'node:path';
import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import {
  type ComponentName,
  componentsOf,
  type Detection,
  declarationOf,
  type Engine,
  type Link,
  linksOf,
  type Publisher,
  type Topology,
} from '../contract/components.ts';
import type {
  Bypass,
  Capability,
  ComponentStatus,
  Deed,
  DiskSpace,
  Environment,
  Led,
  LinkDisturbance,
  LinkStatus,
  Residue,
} from '../contract/environment.ts';
import { bypassReport } from './bypass-report.ts';
import { captureOutboxes } from './capture-outboxes.ts';
import { ComponentDeeds } from './component-deeds.ts';
import { ComponentNotReady, untilReady } from './component-readiness.ts';
import { componentStatuses } from './component-statuses.ts';
import { entryPorts } from './entry-ports.ts';
import { releaseLock } from './environment-lock.ts';
import { type EnvironmentRecord, writeEnvironmentRecord } from './environment-record.ts';
import type { ExitListener, ExitWatch } from './exit-watch.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { messageOf } from './keeper/message-of.ts';
import type { ProcessIdentity } from './keeper/process-identity.ts';
import { findLeader } from './leaders.ts';
import { logFrom, logSize } from './log-from.ts';
import { logTail } from './log-tail.ts';
import { endLeftovers } from './recover-leftovers.ts';
import { resetData } from './reset-data.ts';
import { findResidue } from './residue.ts';
import { restartFailedTasks } from './servers/restart-failed-tasks.ts';
import { nodeOf } from './servers/server-nodes.ts';

/** Longest wait for any component; a caller's signal may end it sooner. */
const READY_TIMEOUT_MS = 120_000;

export interface EnvironmentParts {
  readonly record: EnvironmentRecord;
  /** Connected as owner. */
  readonly client: KeeperClient;
  readonly keeper: ProcessIdentity;
  readonly exits: ExitWatch;
  /** Absent when the services connect directly. */
  readonly fleet: LinkFleet | undefined;
  readonly isShared: boolean;
  /** How many bypasses the log had before anything that this environment answers for was connected. */
  readonly bypassesBefore: number;
}

/** A topology as local processes under a keeper. Made by `provision` and `attach`. */
export class ProcessEnvironment implements Environment {
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly detection: Detection;
  readonly components: readonly ComponentName[];
  readonly record: EnvironmentRecord;
  readonly #client: KeeperClient;
  readonly #deeds: ComponentDeeds;
  readonly #keeper: ProcessIdentity;
  readonly #fleet: LinkFleet | undefined;
  readonly #bypassesBefore: number;
  readonly #exits: ExitWatch;
  readonly #connectors: Disposable | undefined;
  #isShared: boolean;
  #keeperLost: Promise<unknown> | undefined;
  #teardown: Promise<Residue> | undefined;

  constructor(parts: EnvironmentParts) {
    this.record = parts.record;
    this.topology = parts.record.topology;
    this.publisher = parts.record.publisher;
    this.detection = parts.record.detection ?? 'fast';
    this.components = componentsOf(this.topology, this.publisher);
    this.#client = parts.client;
    this.#deeds = new ComponentDeeds(this.record, this.#client);
    this.#keeper = parts.keeper;
    this.#fleet = parts.fleet;
    this.#isShared = parts.isShared;
    this.#exits = parts.exits;
    this.#bypassesBefore = parts.bypassesBefore;
    const { connect } = this.record.ports;
    this.#connectors = connect === undefined ? undefined : restartFailedTasks(connect);
    this.#client.onLost(() => this.#cleanUpAfterKeeper());
  }

  get id(): string {
    return this.record.environmentId;
  }

  get collectorPort(): number | undefined {
    return this.record.collectorPort;
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  get links(): readonly Link[] {
    const names = new Set(this.record.links.map(({ name }) => name));
    return linksOf(this.topology).filter(({ name }) => names.has(name));
  }

  port(component: ComponentName): number {
    const port = this.record.ports[component];
    if (port === undefined) throw new Error(`the ${this.topology} topology has no component ${component}`);
    return port;
  }

  entryPorts(engine: Engine): readonly number[] {
    return entryPorts(this.record, engine);
  }

  leader(engine: Engine, signal: AbortSignal, of?: Led): Promise<ComponentName> {
    return findLeader(this.record, engine, signal, of);
  }

  capabilities(component: ComponentName): readonly Capability[] {
    return this.#deeds.capabilities(component);
  }

  async diskSpace(component: ComponentName): Promise<DiskSpace> {
    return this.#deeds.diskSpace(component);
  }

  async setClock(component: ComponentName, offsetMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#deeds.setClock(component, offsetMs);
  }

  async perform(component: ComponentName, deed: Deed, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#deeds.perform(component, deed, signal);
  }

  async whenReady(component: ComponentName, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
    try {
      const port = this.port(component);
      const node = nodeOf(this.record.nodes, component);
      await untilReady(node === undefined ? { port } : { node }, limit);
    } catch (error) {
      const logFile = this.#logFile(component);
      const details = { component, lastAnswer: messageOf(error), logFile, logTail: logTail(logFile) };
      throw new ComponentNotReady(details, { cause: error });
    }
  }

  async status(): Promise<readonly ComponentStatus[]> {
    const { children } = await this.#client.request('status', {});
    return componentStatuses(this.record, children);
  }

  logSize(component: ComponentName): number {
    return logSize(this.#logFile(component));
  }

  log(component: ComponentName, fromByte: number): string {
    return logFrom(this.#logFile(component), fromByte);
  }

  #logFile(component: ComponentName): string {
    return join(this.record.paths.logsDir, `${component}.log`);
  }

  disturb(link: Link['name'], disturbance: LinkDisturbance, signal: AbortSignal): Promise<void> {
    return this.#proxied().disturb(link, disturbance, signal);
  }

  /** Does not stop half way at an abort: a heal is bounded by its own timeouts. */
  async restore(link: Link['name'], _signal: AbortSignal): Promise<void> {
    await this.#proxied().restore(link);
  }

  async linkStatus(link: Link['name']): Promise<LinkStatus> {
    return { ...(await this.#proxied().status(link)), link };
  }

  async bypasses(): Promise<readonly Bypass[]> {
    // Only our own processes report: a server goes where its settings lead it.
    const clients = this.components.filter(
      (name) => declarationOf(name).kind !== 'server' && this.links.some(({ client }) => client === name),
    );
    return bypassReport(this.record.bypassLog, clients, this.#bypassesBefore);
  }

  async reset(signal: AbortSignal): Promise<void> {
    await resetData(this.#client, this.record, signal);
    await Promise.all(this.components.map((name) => this.whenReady(name, signal)));
    if (this.publisher === 'debezium') await captureOutboxes(this.record, signal);
  }

  readonly ledger: Environment['ledger'] = {
    begin: async (entry) => {
      await this.#client.request('begin-fault', { entry });
    },
    end: async (id) => {
      await this.#client.request('end-fault', { id });
    },
    open: async () => (await this.#client.request('open-faults', {})).entries.map(({ id }) => id),
  };

  onUnexpectedExit(listener: ExitListener): void {
    this.#exits.listen(listener);
  }

  /** Lets the environment outlive this process: `attach` finds it, `down` ends it. Teardown then only detaches. */
  async share(): Promise<void> {
    writeEnvironmentRecord(this.record.paths.shared, this.record);
    await this.#client.request('share', {});
    this.#isShared = true;
  }

  teardown(): Promise<Residue> {
    this.#connectors?.[Symbol.dispose]();
    this.#teardown ??= this.#keeperLost === undefined && this.#isShared ? this.#detach() : this.#end();
    return this.#teardown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.teardown();
  }

  async #detach(): Promise<Residue> {
    await this.#client.request('heal', {});
    const toxics = (await this.#fleet?.residue()) ?? [];
    await this.#client.request('release', {});
    this.#client[Symbol.dispose]();
    return { processes: [], toxics, proxies: [], locks: [] };
  }

  async #end(): Promise<Residue> {
    const { environmentId, paths, links } = this.record;
    // Without an answer the keeper is gone; what it left is cleaned up and then looked for all the same.
    const answer = await this.#client.request('shutdown', {}).catch(() => undefined);
    if (answer === undefined) this.#cleanUpAfterKeeper();
    await this.#keeperLost;
    this.#client[Symbol.dispose]();
    return findResidue({ environmentId, paths, links, everStarted: answer?.everStarted ?? [], keeper: this.#keeper });
  }

  #cleanUpAfterKeeper(): void {
    if (this.#keeperLost !== undefined) return;
    const { environmentId, paths } = this.record;
    this.#keeperLost = endLeftovers({ environmentId, runtimeDir: paths.runtimeDir, ledger: paths.ledger }).then(() =>
      releaseLock(paths.lock, environmentId),
    );
  }

  #proxied(): LinkFleet {
    if (this.#fleet === undefined) throw new Error('this environment was provisioned without proxies');
    return this.#fleet;
  }
}
