import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '#sut/contract/stores.ts';
import { CONNECT_SERVER } from '../../environment/servers/connect.ts';
import { debeziumConnectors, slotOf } from '../../environment/servers/debezium-connectors.ts';
import { KAFKA_SERVER } from '../../environment/servers/kafka.ts';
import { freeNodes } from '../../environment/servers/place-nodes.ts';
import { mongodbTime, prepareSlots } from '../../environment/servers/prepare-capture.ts';
import { ensureRunning, provisionConnectors } from '../../environment/servers/provision-connectors.ts';
import { provisionDatabases } from '../../environment/servers/provision-databases.ts';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { restartFailedTasks } from '../../environment/servers/restart-failed-tasks.ts';
import { type StartedServer, startNode, startServer } from '../../environment/testing/start-server.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import type { Store } from '../store.ts';
import { expectExactlyOnce, writeUntil } from '../testing/outbox-load.ts';
import { readTopics } from '../testing/read-topics.ts';

const TOPICS = { postgres: 'order.events', mongodb: 'inventory.events' } as const;
const soon = () => AbortSignal.timeout(60_000);

let kafka: StartedServer;
let connect: StartedServer;
let postgres: StartedServer;
let mongodb: StartedServer;
let mongodbStart: string;
const open = {
  postgres: (): PostgresStore =>
    new PostgresStore({
      url: `${postgres.url.slice(0, postgres.url.lastIndexOf('/'))}/orders`,
      service: 'order',
      schema: '',
    }),
  mongodb: (): Store<unknown> =>
    new MongoStore({ url: mongodb.url, database: 'inventory', service: 'inventory', schema: async () => {} }),
};

beforeAll(async () => {
  const taken = new Set<number>();
  const nodes = [...(await freeNodes(KAFKA_SERVER, 1, taken)), ...(await freeNodes(CONNECT_SERVER, 1, taken))];
  const [broker, worker] = nodes;
  if (broker === undefined || worker === undefined) throw new Error('there are two nodes');
  [kafka, postgres, mongodb] = await Promise.all([
    startNode(broker, nodes),
    startServer('postgres'),
    startServer('mongodb'),
  ]);
  await provisionTopics([kafka.port], soon());
  await provisionDatabases([postgres.port], soon());
  await prepareSlots([postgres.port], false, soon());
  mongodbStart = await mongodbTime([mongodb.port], soon());
  // Rows from before there is any connector, and from before there is a worker at all.
  for (const engine of ['postgres', 'mongodb'] as const) {
    await using store = open[engine]();
    await store.prepare();
    await store.transaction((unit) =>
      unit.publish({ topic: TOPICS[engine], aggregateId: 'aggregate-0', type: 'early', payload: {} }),
    );
  }
  connect = await startNode(worker, nodes);
  const sources = { postgresPorts: [postgres.port], mongodbPorts: [mongodb.port], mongodbStart };
  await provisionConnectors(connect.port, debeziumConnectors(sources), soon());
});

afterAll(async () => {
  await Promise.all([connect, kafka, postgres, mongodb].map((server) => server?.[Symbol.asyncDispose]()));
});

/** Waits until every row is published, then checks that each is once and that nothing else is; resolves to how many there are. */
async function expectDrained(store: Store<unknown>, topic: string): Promise<number> {
  const ids = new Set((await store.outbox.latest(1_000_000)).map(({ id }) => id));
  const unpublished = async () => {
    const seen = new Set((await readTopics(kafka.url, [topic])).map(({ id }) => id));
    return [...ids].filter((id) => !seen.has(id)).length;
  };
  await expect.poll(unpublished, { timeout: 90_000, interval: 300 }).toBe(0);
  // First what is wrong, should anything be: no row twice, none that was rolled back.
  const records = await readTopics(kafka.url, [topic]);
  const places = Map.groupBy(records, ({ id }) => id);
  expect(records.filter(({ id }) => !ids.has(id) || places.get(id)?.length !== 1)).toEqual([]);
  return expectExactlyOnce(kafka.url, store, topic);
}

describe.each(['postgres', 'mongodb'] as const)('Debezium on %s', (engine) => {
  const topic = TOPICS[engine];

  it('makes the records that the relay would make', async () => {
    await using store = open[engine]();
    await store.transaction((unit) =>
      unit.publish({
        topic,
        aggregateId: 'aggregate-1',
        type: 'told',
        payload: { text: 'ä "quoted" 😀', whole: 7, big: 3_000_000_000, part: 1.5, none: null, list: [{ a: true }] },
        sagaId: 's-1',
      }),
    );
    const row = (await store.outbox.latest(1))[0];
    const find = async () => (await readTopics(kafka.url, [topic])).find(({ id }) => id === row?.id);
    await expect.poll(find, { timeout: 20_000, interval: 200 }).toBeDefined();
    const found = await find();
    expect(found).toMatchObject({
      type: 'told',
      aggregateId: 'aggregate-1',
      version: 1,
      sagaId: 's-1',
      payload: row?.payload,
    });
    expect(found?.record.headers).toEqual(row?.headers);
    expect(found?.orderId).toBeUndefined();
  });

  it('brings each committed event to its topic exactly once and in order, however often the worker is killed', async () => {
    await using store = open[engine]();
    const stop = new AbortController();
    const writers = [0, 1, 2].map((writer) => writeUntil(stop.signal, store, topic, writer));
    for (let kill = 0; kill < 3; kill += 1) {
      const before = (await readTopics(kafka.url, [topic])).length;
      await expect
        .poll(async () => (await readTopics(kafka.url, [topic])).length, { timeout: 40_000, interval: 100 })
        .toBeGreaterThan(before);
      await connect.restart();
    }
    stop.abort();
    await Promise.all(writers);
    const events = await expectDrained(store, topic);
    process.stdout.write(`${engine}: ${events} events\n`);
    expect(events).toBeGreaterThan(200);
  }, 300_000);
});

describe('Debezium that PostgreSQL drops', () => {
  const SLOT = slotOf(STORES.order.database);

  const slot = async (store: PostgresStore) =>
    (
      await store.query<{ reader: number | null; confirmed: string }>(
        'select active_pid as reader, confirmed_flush_lsn::text as confirmed from pg_replication_slots where slot_name = $1',
        [SLOT],
      )
    )[0];

  // With other tables in the publication than the outbox, one drop in four to twelve had a transaction published again.
  it('takes up where it left off, among transactions that overlap', async () => {
    await using store = open.postgres();
    const stop = new AbortController();
    const writers = [0, 1, 2, 3, 4, 5].map((writer) => writeUntil(stop.signal, store, TOPICS.postgres, writer));
    const poll = { timeout: 30_000, interval: 50 };
    for (let drop = 0; drop < 15; drop += 1) {
      const before = await slot(store);
      // It has published again before it is dropped again.
      await expect.poll(async () => (await slot(store))?.confirmed, poll).not.toBe(before?.confirmed);
      await store.query('select pg_terminate_backend($1)', [before?.reader]);
      await expect
        .poll(async () => (await slot(store))?.reader, poll)
        .toSatisfy((pid) => pid !== null && pid !== before?.reader);
    }
    stop.abort();
    await Promise.all(writers);
    const events = await expectDrained(store, TOPICS.postgres);
    process.stdout.write(`dropped 15 times: ${events} events\n`);
  }, 300_000);

  it('goes on after a failure that Debezium takes for final, once its task is started again', async () => {
    await using store = open.postgres();
    const sources = { postgresPorts: [postgres.port], mongodbPorts: [mongodb.port], mongodbStart };
    const ofOrders = debeziumConnectors(sources).filter(({ config }) => config['slot.name'] === SLOT);
    const unforgiving = ofOrders.map(({ name, config }) => ({
      name,
      config: { ...config, 'errors.max.retries': '0' },
    }));
    await provisionConnectors(connect.port, unforgiving, soon());
    const poll = { timeout: 60_000, interval: 300 };
    // The task with the old settings may read for a while yet, and only comes back when it is dropped.
    const dropped = async () => {
      await store.query('select pg_terminate_backend($1)', [(await slot(store))?.reader]);
      return (await fetch(`${connect.url}/connectors?expand=status`)).text();
    };
    const failed = () => expect.poll(dropped, poll).toContain('FAILED');
    await failed();
    {
      using _ = restartFailedTasks(connect.port);
      await store.transaction((unit) =>
        unit.publish({ topic: TOPICS.postgres, aggregateId: 'aggregate-2', type: 'late', payload: {} }),
      );
      await expectDrained(store, TOPICS.postgres);
    }
    // Who waits for connectors in vain is told why they do not run.
    await failed();
    await expect(ensureRunning(connect.port, 0, soon())).rejects.toThrow(/its task FAILED: Caused by: .*Exception/);
  }, 180_000);
});
