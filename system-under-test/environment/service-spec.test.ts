import { expect, it } from 'vitest';
import { COMPONENT_NAMES, COMPONENTS, type ComponentName, LINKS } from '../contract/components.ts';
import { addressSettings, serviceSpec } from './service-spec.ts';

const ports = Object.fromEntries(COMPONENT_NAMES.map((name, index) => [name, 20_000 + index])) as Record<
  ComponentName,
  number
>;
const links = LINKS.map(({ name, client, server }, index) => ({
  name,
  client,
  process: `toxiproxy-${client}`,
  controlPort: 21_000,
  listenPort: 22_000 + index,
  upstreamPort: ports[server],
}));
const surroundings = {
  ...{ ports, links, dataDir: '/d', logsDir: '/l', bypassLog: '/b', compileCacheDir: '/c' },
  ...{ env: { LOG_LEVEL: 'debug' }, execArgv: ['--import', 'defect.ts'] },
};

it('gives a service the real addresses of what it uses and of nothing else', () => {
  expect(addressSettings('payment', ports)).toEqual({
    POSTGRES_URL: `postgres://shop@127.0.0.1:${ports.postgres}/payments`,
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    ACQUIRER_URL: `http://127.0.0.1:${ports.acquirer}`,
  });
  expect(addressSettings('acquirer', ports)).toEqual({});
});

it('tells the redirect every link of the service', () => {
  const { args, env } = serviceSpec('payment', surroundings);
  const told = JSON.parse(env.CHAOS_LINKS ?? '') as { links: { name: string; port: number; proxyPort: number }[] };
  expect(told.links.map(({ name }) => name)).toEqual(COMPONENTS.payment.uses.map((server) => `payment->${server}`));
  for (const { name, port, proxyPort } of told.links) {
    expect(links.find((link) => link.name === name)).toMatchObject({ upstreamPort: port, listenPort: proxyPort });
  }
  expect(args.slice(-3)).toEqual(['--import', 'defect.ts', expect.stringMatching(/services\/payment\/main\.ts$/)]);
  expect(env).toMatchObject({ PORT: String(ports.payment), LOG_LEVEL: 'debug' });
});

it('leaves a witness, and everything without proxies, unredirected', () => {
  expect(serviceSpec('acquirer', surroundings).env).not.toHaveProperty('CHAOS_LINKS');
  expect(serviceSpec('payment', { ...surroundings, links: [] }).env).not.toHaveProperty('CHAOS_LINKS');
});
