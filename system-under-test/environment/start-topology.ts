import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import { COMPONENT_NAMES, type ComponentName } from '../contract/components.ts';
import type { Environment } from '../contract/environment.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { OWN_PROCESSES } from './reset-data.ts';
import { provisionDatabases } from './servers/provision-databases.ts';
import { provisionTopics } from './servers/provision-topics.ts';
import { type ServiceSurroundings, serviceSpec } from './service-spec.ts';
import { makeWorkFolders, type StartContext, startLinks, startServers } from './start-servers.ts';

/** What `provision` lets its caller change about our own processes. */
export type ServiceExtras = Pick<ServiceSurroundings, 'env' | 'execArgv' | 'compileCacheDir'>;

/**
 * Starts every process; resolves when all run, which is before they are ready. Links come before services: a service
 * that finds no proxy would count that as a failure of its server.
 */
export async function startProcesses(
  context: StartContext,
  record: EnvironmentRecord,
  extras: ServiceExtras,
): Promise<LinkFleet | undefined> {
  const { client, paths } = context;
  const servers = startServers(context);
  const services = async (): Promise<LinkFleet | undefined> => {
    const fleet = record.links.length === 0 ? undefined : await startLinks(context);
    await makeWorkFolders(paths.dataDir, OWN_PROCESSES);
    const { ports, links, bypassLog } = record;
    const surroundings = { ports, links, bypassLog, dataDir: paths.dataDir, logsDir: paths.logsDir, ...extras };
    await Promise.all(OWN_PROCESSES.map((name) => client.request('spawn', { spec: serviceSpec(name, surroundings) })));
    return fleet;
  };
  const [fleet] = await allOrFirstFailure([services(), servers]);
  return fleet;
}

/**
 * Waits until every component is ready, and creates topics and databases as soon as their server is. A component
 * whose process ends fails at once, with its log; the others are then no longer waited for.
 */
export async function untilAllReady(
  environment: Environment,
  signal: AbortSignal,
  onReady: (component: ComponentName) => void,
): Promise<void> {
  const failed = new AbortController();
  const ended = new Map(COMPONENT_NAMES.map((name) => [name, new AbortController()]));
  environment.onUnexpectedExit((component, detail) => ended.get(component)?.abort(new Error(detail)));
  const ready = async (component: ComponentName): Promise<void> => {
    const exited = ended.get(component)?.signal ?? signal;
    const limit = AbortSignal.any([signal, failed.signal, exited]);
    try {
      await environment.whenReady(component, limit);
      if (component === 'kafka') await provisionTopics(environment.port('kafka'), limit);
      if (component === 'postgres') await provisionDatabases(environment.port('postgres'), limit);
      onReady(component);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  await allOrFirstFailure(COMPONENT_NAMES.map(ready));
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
