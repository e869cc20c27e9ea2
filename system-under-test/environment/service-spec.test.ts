import { expect, it } from 'vitest';
import { componentsOf, linksOf, type Topology } from '../contract/components.ts';
import { addressSettings, serviceSpec } from './service-spec.ts';

function surroundingsOf(topology: Topology) {
  const ports: Record<string, number> = Object.fromEntries(
    componentsOf(topology).map((name, index) => [name, 20_000 + index]),
  );
  const links = linksOf(topology).map(({ name, client, server }, index) => ({
    name,
    client,
    process: `toxiproxy-${client}`,
    controlPort: 21_000,
    listenPort: 22_000 + index,
    upstreamPort: ports[server] ?? 0,
  }));
  return {
    ...{ topology, ports, links, dataDir: '/d', logsDir: '/l', bypassLog: '/b' },
    ...{ env: { LOG_LEVEL: 'debug' }, execArgv: ['--import', 'defect.ts'] },
  };
}
const surroundings = surroundingsOf('compact');
const { ports, links } = surroundings;

it('gives a service the real addresses of what it uses and of nothing else', () => {
  expect(addressSettings('payment', surroundings)).toEqual({
    POSTGRES_URL: `postgres://shop@127.0.0.1:${ports.postgres}/payments`,
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    ACQUIRER_URL: `http://127.0.0.1:${ports.acquirer}`,
  });
  expect(addressSettings('acquirer', surroundings)).toEqual({});
});

it('names every member of a cluster, and of PostgreSQL the one way to its primary', () => {
  const cluster = surroundingsOf('cluster');
  const { POSTGRES_URL, KAFKA_BROKERS, REDIS_URL } = addressSettings('payment', cluster);
  expect(POSTGRES_URL).toBe(`postgres://shop@127.0.0.1:${cluster.ports.haproxy}/payments`);
  expect(KAFKA_BROKERS?.split(',')).toEqual([1, 2, 3].map((n) => `127.0.0.1:${cluster.ports[`kafka-${n}`]}`));
  expect(REDIS_URL?.split(',')).toHaveLength(6);
  expect(addressSettings('wallet', cluster).MONGODB_URL).toMatch(
    /^mongodb:\/\/127[^,]+,127[^,]+,127[^,]+\/wallets\?replicaSet=/,
  );
});

it('tells the redirect every link of the service', () => {
  const { args, env } = serviceSpec('payment', surroundings);
  const told = JSON.parse(env.CHAOS_LINKS ?? '') as { links: { name: string; port: number; proxyPort: number }[] };
  expect(told.links.map(({ name }) => name)).toEqual(
    ['postgres', 'kafka', 'redis', 'acquirer'].map((server) => `payment->${server}`),
  );
  for (const { name, port, proxyPort } of told.links) {
    expect(links.find((link) => link.name === name)).toMatchObject({ upstreamPort: port, listenPort: proxyPort });
  }
  expect(args.slice(-3)).toEqual(['--import', 'defect.ts', expect.stringMatching(/services\/payment\/main\.ts$/)]);
  expect(env).toMatchObject({ PORT: String(ports.payment), LOG_LEVEL: 'debug' });
});

it('lets a service send spans past its links, and a witness none', () => {
  const traced = { ...surroundings, collectorPort: 23_000 };
  const { env } = serviceSpec('payment', traced);
  expect(env).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:23000',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=payment-1',
  });
  expect(JSON.parse(env.CHAOS_LINKS ?? '')).toMatchObject({ allowed: ['127.0.0.1:23000'] });
  expect(serviceSpec('acquirer', traced).env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(serviceSpec('payment', surroundings).env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
});

it('leaves a witness, and everything without proxies, unredirected', () => {
  expect(serviceSpec('acquirer', surroundings).env).not.toHaveProperty('CHAOS_LINKS');
  expect(serviceSpec('payment', { ...surroundings, links: [] }).env).not.toHaveProperty('CHAOS_LINKS');
});

it('loads the library that sets the clock into the processes that were prepared for it, and into no other', () => {
  const clocks = { library: '/c/libfaketime.so.1', components: ['payment'] } as const;
  const env = (name: 'payment' | 'order') => serviceSpec(name, { ...surroundings, clocks }).env;
  expect(env('payment')).toMatchObject({
    LD_PRELOAD: '/c/libfaketime.so.1',
    FAKETIME_TIMESTAMP_FILE: '/d/payment.clock',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
  expect(env('order')).not.toHaveProperty('LD_PRELOAD');
});
