import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { LinkFleet } from '../links/link-fleet.ts';
import { freePort } from '../testing/free-port.ts';
import { redirectedNode } from '../testing/redirected-node.ts';
import { ToxiproxyProcess } from '../testing/toxiproxy-process.ts';
import { readBypasses } from './bypass-log.ts';

const LINK = 'client->server';

/** Each program does one round trip on the real address and prints `done`, or fails within a few seconds. */
const PROGRAMS = [
  {
    driver: 'pg',
    server: 'postgres',
    program: (url: string) => `
      import pg from 'pg';
      const pool = new pg.Pool({ connectionString: '${url}', connectionTimeoutMillis: 2000 });
      await pool.query('select 1');
      await pool.end();
      console.log('done');`,
  },
  {
    driver: 'mongodb, which follows the replica set to its members',
    server: 'mongodb',
    program: (url: string) => `
      import { MongoClient } from 'mongodb';
      const client = new MongoClient('${url}', { serverSelectionTimeoutMS: 2000 });
      await client.connect();
      const { setName } = await client.db('admin').command({ hello: 1 });
      await client.close();
      console.log(setName === undefined ? 'no replica set' : 'done');`,
  },
  {
    driver: 'ioredis',
    server: 'redis',
    program: (url: string) => `
      import { Redis } from 'ioredis';
      const redis = new Redis('${url}', { lazyConnect: true, retryStrategy: null, connectTimeout: 2000 });
      redis.on('error', () => undefined);
      await redis.connect();
      await redis.ping();
      redis.disconnect();
      console.log('done');`,
  },
  {
    driver: 'kafkajs, which follows the advertised listener',
    server: 'kafka',
    program: (url: string) => `
      import { Kafka, logLevel } from 'kafkajs';
      const retry = { retries: 1, initialRetryTime: 50 };
      const kafka = new Kafka({ brokers: ['${url}'], retry, connectionTimeout: 2000, logLevel: logLevel.NOTHING });
      const admin = kafka.admin();
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      await admin.createTopics({ topics: [{ topic: 't' + process.pid, numPartitions: 1 }], waitForLeaders: true });
      const producer = kafka.producer();
      await producer.connect();
      await producer.send({ topic: 't' + process.pid, messages: [{ value: 'v' }] });
      await Promise.all([producer.disconnect(), admin.disconnect()]);
      console.log('${url}'.endsWith(':' + brokers[0].port) ? 'done' : 'advertises another port');`,
  },
] as const;

describe.each(PROGRAMS)('a redirected $driver', ({ server, program }) => {
  const resources = new AsyncDisposableStack();
  let folder: string;
  let started: StartedServer;
  let fleet: LinkFleet;
  let proxyPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drivers-'));
    resources.defer(() => rmSync(folder, { recursive: true }));
    started = resources.use(await startServer(server));
    const toxiproxy = resources.use(await ToxiproxyProcess.start());
    proxyPort = await freePort();
    fleet = new LinkFleet({ replaceServer: () => Promise.reject(new Error('the server hangs')) });
    fleet.useServer('client', toxiproxy.address);
    await fleet.create({ name: LINK, client: 'client', listenPort: proxyPort, upstreamPort: started.port });
  });
  afterAll(() => resources.disposeAsync());

  const run = (bypassLog: string): Promise<string> => {
    const links = [{ name: LINK, host: 'localhost', port: started.port, proxyPort }];
    return redirectedNode({ client: 'client', links, bypassLog }, program(started.url));
  };

  it('works through its link, and nothing goes past it', async () => {
    const bypassLog = join(folder, 'whole.ndjson');
    expect(await run(bypassLog)).toBe('done\n');
    expect(readBypasses(bypassLog)).toEqual([]);
    await expect.poll(async () => (await fleet.status(LINK)).bytesDown).toBeGreaterThan(0);
  });

  it('finds no way around a cut link', async () => {
    await fleet.disturb(LINK, { kind: 'cut' });
    const bypassLog = join(folder, 'cut.ndjson');
    await expect(run(bypassLog)).rejects.toThrow(/ECONNREFUSED|Connection is closed|Connection error/);
    expect(readBypasses(bypassLog)).toEqual([]);
    await fleet.restore(LINK);
    expect(await run(bypassLog)).toBe('done\n');
  });
});
