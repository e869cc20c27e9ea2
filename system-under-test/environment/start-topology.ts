import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import { type ComponentName, ENGINES, type Engine, entriesOf } from '../contract/components.ts';
import type { Environment } from '../contract/environment.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { ownProcesses } from './reset-data.ts';
import { provisionDatabases } from './servers/provision-databases.ts';
import { provisionTopics } from './servers/provision-topics.ts';
import { type ServiceSurroundings, serviceSpec } from './service-spec.ts';
import { makeWorkFolders, type StartContext, startLinks, startServers } from './start-servers.ts';

/** What `provision` lets its caller change about our own processes. */
export type ServiceExtras = Pick<ServiceSurroundings, 'env' | 'execArgv' | 'clocks'>;

/**
 * Starts every process; resolves when all run, which is before they are ready. Links come before services: a service
 * that finds no proxy would count that as a failure of its server.
 */
export async function startProcesses(
  context: StartContext,
  record: EnvironmentRecord,
  extras: ServiceExtras,
): Promise<LinkFleet | undefined> {
  const { client, paths, links } = context;
  const starting = links.length === 0 ? Promise.resolve(undefined) : startLinks(context);
  const servers = startServers(context, starting);
  const services = async (): Promise<LinkFleet | undefined> => {
    const fleet = await starting;
    const own = ownProcesses(record.topology);
    await makeWorkFolders(paths.dataDir, own);
    const { topology, ports, bypassLog, collectorPort } = record;
    const surroundings = {
      topology,
      ports,
      links,
      bypassLog,
      collectorPort,
      dataDir: paths.dataDir,
      logsDir: paths.logsDir,
      ...extras,
    };
    await Promise.all(own.map((name) => client.request('spawn', { spec: serviceSpec(name, surroundings) })));
    return fleet;
  };
  const [fleet] = await allOrFirstFailure([services(), servers]);
  return fleet;
}

/** What can be made once every entry of the engine is ready, so that services find it. */
const PROVISIONING: { readonly [E in Engine]?: (ports: readonly number[], signal: AbortSignal) => Promise<void> } = {
  kafka: provisionTopics,
  postgres: provisionDatabases,
};

/**
 * Waits until every component is ready, and creates topics and databases as soon as their servers are. A component
 * whose process ends fails at once, with its log; the others are then no longer waited for.
 */
export async function untilAllReady(
  environment: Pick<Environment, 'topology' | 'components' | 'entryPorts' | 'whenReady' | 'onUnexpectedExit'>,
  signal: AbortSignal,
  onReady: (component: ComponentName) => void,
): Promise<void> {
  const failed = new AbortController();
  const { topology, components } = environment;
  const ended = new Map(components.map((name) => [name, new AbortController()]));
  environment.onUnexpectedExit((component, detail) => ended.get(component)?.abort(new Error(detail)));
  const readyEntries = new Set<ComponentName>();
  const ready = async (component: ComponentName): Promise<void> => {
    const exited = ended.get(component)?.signal ?? signal;
    const limit = AbortSignal.any([signal, failed.signal, exited]);
    try {
      await environment.whenReady(component, limit);
      readyEntries.add(component);
      const engine = ENGINES.find((each) => entriesOf(topology, each).includes(component));
      if (engine !== undefined && entriesOf(topology, engine).every((entry) => readyEntries.has(entry))) {
        await PROVISIONING[engine]?.(environment.entryPorts(engine), limit);
      }
      onReady(component);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  await allOrFirstFailure(components.map(ready));
}

/** Waits for all, so that nothing goes on unseen, and rejects with what went wrong first. */
async function allOrFirstFailure<T extends readonly unknown[]>(
  work: [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  let first: { readonly error: unknown } | undefined;
  const results = await Promise.all(
    work.map((each) =>
      each.catch((error: unknown) => {
        first ??= { error };
        return undefined;
      }),
    ),
  );
  if (first !== undefined) throw first.error;
  return results as unknown as T;
}
