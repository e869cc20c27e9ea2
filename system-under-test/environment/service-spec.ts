import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redirectEnvironment } from '#toxiproxy/redirect/redirect-environment.ts';
import { COMPILE_CACHE_DIR } from '../contract/compile-cache-dir.ts';
import {
  type ComponentName,
  declarationOf,
  ENGINES,
  entriesOf,
  serviceOf,
  type Topology,
} from '../contract/components.ts';
import { SETTINGS } from '../contract/settings.ts';
import { STORES } from '../contract/stores.ts';
import type { LinkControl } from './keeper/protocol.ts';
import type { ComponentPorts } from './port-plan.ts';
import type { ProcessSpec } from './process-spec.ts';
import { entryAddress } from './servers/entry-address.ts';
import { clockEnvironment, clockFile } from './service-clock.ts';
import { traceSettings } from './trace-settings.ts';

/** What every service of an environment has in common. */
export interface ServiceSurroundings {
  readonly topology: Topology;
  readonly ports: ComponentPorts;
  /** Empty: the services connect directly. */
  readonly links: readonly LinkControl[];
  readonly dataDir: string;
  readonly logsDir: string;
  /** Where connections outside every link are reported. */
  readonly bypassLog: string;
  /** Where spans are sent to, if anywhere; the only connection outside the links that is none. */
  readonly collectorPort?: number | undefined;
  /** Additional variables and arguments for node, e.g. settings, or a preload that plants a defect. */
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
  /** Processes whose wall clock is set by a file, and the library that does it. */
  readonly clocks?: { readonly library: string; readonly components: readonly ComponentName[] } | undefined;
}

/**
 * On clusters every hop of a saga waits for replicas, and now and then some seconds for a new leader. A step that is asked for again
 * meanwhile gives more to do to participants that are only behind.
 */
const CLUSTER_STEP_TIMEOUT_MS = 15_000;

const LOOPBACK = '127.0.0.1';
const ADDRESS_VARIABLES = {
  kafka: SETTINGS.kafkaBrokers,
  postgres: SETTINGS.postgresUrl,
  mongodb: SETTINGS.mongodbUrl,
  redis: SETTINGS.redisUrl,
} as const;

/** Addresses of the real servers that a component uses, by the variables of the contract. */
export function addressSettings(
  name: ComponentName,
  { topology, ports }: Pick<ServiceSurroundings, 'topology' | 'ports'>,
): Readonly<Record<string, string>> {
  const service = serviceOf(name);
  const database = service in STORES ? STORES[service as keyof typeof STORES].database : undefined;
  const portOf = (component: ComponentName): number => {
    const port = ports[component];
    if (port === undefined) throw new Error(`${name} uses ${component}, which is not part of the topology`);
    return port;
  };
  return Object.fromEntries(
    declarationOf(name).uses.map((used) => {
      const engine = ENGINES.find((each) => each === used);
      if (engine === undefined) return [SETTINGS.peerUrl(used), `http://${LOOPBACK}:${portOf(used as ComponentName)}`];
      return [ADDRESS_VARIABLES[engine], entryAddress(engine, entriesOf(topology, engine).map(portOf), database)];
    }),
  );
}

/** How one of our services, or a witness, is started: unaware of proxies, which a preload puts in its way. */
export function serviceSpec(name: ComponentName, surroundings: ServiceSurroundings): ProcessSpec {
  const { ports, dataDir, logsDir, clocks } = surroundings;
  const redirect = redirectOf(name, surroundings);
  const instance = serviceOf(name) === name ? `${name}-1` : name;
  return {
    name,
    command: process.execPath,
    args: [
      // V8 lets its nursery grow to three times 16 MiB in each of a dozen processes; so small, all together need a fifth
      // less memory (2.3 instead of 2.9 GiB in a storm).
      '--max-semi-space-size=2',
      ...redirect.execArgv,
      ...surroundings.execArgv,
      fileURLToPath(new URL(`../services/${serviceOf(name)}/main.ts`, import.meta.url)),
    ],
    env: {
      PATH: '/usr/bin:/bin',
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: COMPILE_CACHE_DIR,
      [SETTINGS.name]: serviceOf(name),
      [SETTINGS.instance]: instance,
      [SETTINGS.port]: String(ports[name]),
      [SETTINGS.dataDir]: join(dataDir, name),
      ...addressSettings(name, surroundings),
      ...(surroundings.topology === 'cluster' ? { [SETTINGS.stepTimeoutMs]: String(CLUSTER_STEP_TIMEOUT_MS) } : {}),
      ...redirect.env,
      ...traceEnvironment(name, instance, surroundings),
      ...(clocks?.components.includes(name) ? clockEnvironment(clocks.library, clockFile(dataDir, name)) : {}),
      ...surroundings.env,
    },
    cwd: join(dataDir, name),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile: join(logsDir, `${name}.log`),
  };
}

/** A witness is somebody else's: what it does shows in the spans of its callers. */
function traceEnvironment(
  name: ComponentName,
  instance: string,
  { collectorPort }: ServiceSurroundings,
): Readonly<Record<string, string>> {
  if (collectorPort === undefined || declarationOf(name).kind === 'witness') return {};
  return traceSettings(collectorPort, instance);
}

function redirectOf(
  name: ComponentName,
  { links, bypassLog, collectorPort }: ServiceSurroundings,
): { readonly execArgv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  // A witness opens no connection of the system; without proxies there is nothing to be redirected to.
  if (links.length === 0 || declarationOf(name).uses.length === 0) return { execArgv: [], env: {} };
  return redirectEnvironment({
    client: name,
    links: links
      .filter(({ client }) => client === name)
      .map((link) => ({ name: link.name, host: LOOPBACK, port: link.upstreamPort, proxyPort: link.listenPort })),
    ...(collectorPort === undefined ? {} : { allowed: [`${LOOPBACK}:${collectorPort}`] }),
    bypassLog,
  });
}
