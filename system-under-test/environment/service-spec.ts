import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redirectEnvironment } from '#toxiproxy/redirect/redirect-environment.ts';
import { COMPONENTS, type ComponentName, declarationOf, serviceOf } from '../contract/components.ts';
import { SETTINGS } from '../contract/settings.ts';
import { STORES } from '../contract/stores.ts';
import type { LinkControl } from './keeper/protocol.ts';
import type { ProcessSpec } from './process-spec.ts';
import { DRIVERS } from './servers/drivers.ts';

/** What every service of an environment has in common. */
export interface ServiceSurroundings {
  readonly ports: Readonly<Record<ComponentName, number>>;
  /** Empty: the services connect directly. */
  readonly links: readonly LinkControl[];
  readonly dataDir: string;
  readonly logsDir: string;
  /** Where connections outside every link are reported. */
  readonly bypassLog: string;
  /** Additional variables and arguments for node, e.g. settings, or a preload that plants a defect. */
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
  readonly compileCacheDir: string;
}

const LOOPBACK = '127.0.0.1';

/** Addresses of the real servers that a component uses, by the variables of the contract. */
export function addressSettings(
  name: ComponentName,
  ports: Readonly<Record<ComponentName, number>>,
): Readonly<Record<string, string>> {
  const service = serviceOf(name);
  const database = service in STORES ? STORES[service as keyof typeof STORES].database : undefined;
  const uses = declarationOf(name).uses as readonly ComponentName[];
  return Object.fromEntries(
    uses.map((used) => {
      const port = ports[used];
      switch (used) {
        case 'postgres':
          return [SETTINGS.postgresUrl, DRIVERS.postgres.url(port, database)];
        case 'mongodb':
          return [SETTINGS.mongodbUrl, DRIVERS.mongodb.url(port, database)];
        case 'kafka':
          return [SETTINGS.kafkaBrokers, DRIVERS.kafka.url(port)];
        case 'redis':
          return [SETTINGS.redisUrl, DRIVERS.redis.url(port)];
        default:
          return [SETTINGS.peerUrl(used), `http://${LOOPBACK}:${port}`];
      }
    }),
  );
}

/** How one of our services, or a witness, is started: unaware of proxies, which a preload puts in its way. */
export function serviceSpec(name: ComponentName, surroundings: ServiceSurroundings): ProcessSpec {
  const { ports, dataDir, logsDir, compileCacheDir } = surroundings;
  const redirect = redirectOf(name, surroundings);
  return {
    name,
    command: process.execPath,
    args: [
      // kafkajs computes a negative delay once, which Node 24 reports on stderr; it means nothing.
      '--disable-warning=TimeoutNegativeWarning',
      ...redirect.execArgv,
      ...surroundings.execArgv,
      fileURLToPath(new URL(`../services/${serviceOf(name)}/main.ts`, import.meta.url)),
    ],
    env: {
      PATH: '/usr/bin:/bin',
      NODE_ENV: 'production',
      // Without it eight processes compile the same drivers at every start and every restart.
      NODE_COMPILE_CACHE: compileCacheDir,
      [SETTINGS.name]: serviceOf(name),
      [SETTINGS.instance]: serviceOf(name) === name ? `${name}-1` : name,
      [SETTINGS.port]: String(ports[name]),
      [SETTINGS.dataDir]: join(dataDir, name),
      ...addressSettings(name, ports),
      ...redirect.env,
      ...surroundings.env,
    },
    cwd: join(dataDir, name),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile: join(logsDir, `${name}.log`),
  };
}

function redirectOf(
  name: ComponentName,
  { links, bypassLog, env }: ServiceSurroundings,
): { readonly execArgv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  // A witness opens no connection of the system; without proxies there is nothing to be redirected to.
  if (links.length === 0 || COMPONENTS[name].uses.length === 0) return { execArgv: [], env: {} };
  const collector = env[SETTINGS.otlpEndpoint];
  return redirectEnvironment({
    client: name,
    links: links
      .filter(({ client }) => client === name)
      .map((link) => ({ name: link.name, host: LOOPBACK, port: link.upstreamPort, proxyPort: link.listenPort })),
    ...(collector === undefined ? {} : { allowed: [new URL(collector).host] }),
    bypassLog,
  });
}
