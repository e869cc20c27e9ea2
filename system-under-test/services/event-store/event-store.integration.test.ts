import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HEADERS } from '#sut/contract/messages.ts';
import { STORES } from '#sut/contract/stores.ts';
import { startServer } from '#sut/environment/testing/start-server.ts';
import { partitionByAggregate } from '#sut/platform/kafka/aggregate-partitioner.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { TopicClient } from '#sut/platform/testing/topic-client.ts';

const WITHIN = { timeout: 20_000, interval: 100 };
const DEAD_LETTERS = 'event-store.dead-letters';

const held = new AsyncDisposableStack();
let producer: Producer;
let service: StartedService;
let topics: TopicClient;
let database: pg.Client;
let databaseUrl: string;

beforeAll(async () => {
  const [kafka, postgres, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('redis'),
  ]);
  for (const server of [kafka, postgres, redis]) held.use(server);
  topics = held.use(await TopicClient.connect(kafka.url, [DEAD_LETTERS]));
  const client = new Kafka({ brokers: [kafka.url], clientId: 'test', logLevel: logLevel.NOTHING });
  producer = client.producer({ createPartitioner: () => partitionByAggregate, maxInFlightRequests: 1 });
  await producer.connect();
  held.defer(() => producer.disconnect());
  databaseUrl = await createDatabase(postgres.url);
  service = held.use(
    await startService('event-store', {
      POSTGRES_URL: databaseUrl,
      KAFKA_BROKERS: kafka.url,
      REDIS_URL: redis.url,
      LOG_LEVEL: 'warn',
    }),
  );
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  held.defer(() => database.end());
});
afterAll(() => held.disposeAsync());

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database ${STORES['event-store'].database}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${STORES['event-store'].database}`;
  return url.href;
}

interface Sent {
  readonly topic: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly data: unknown;
  readonly messageId?: string;
}

async function send(...events: readonly Sent[]): Promise<void> {
  for (const { topic, aggregateId, version, type, data, messageId = randomUUID() } of events) {
    const headers = {
      [HEADERS.messageId]: messageId,
      [HEADERS.type]: type,
      [HEADERS.aggregateId]: aggregateId,
      [HEADERS.version]: String(version),
      [HEADERS.orderId]: aggregateId,
      [HEADERS.traceparent]: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    await producer.send({
      topic,
      messages: [{ key: `${aggregateId}:${version}`, value: JSON.stringify(data), headers }],
    });
  }
}

const lifeOf = (id: string): readonly Sent[] => [
  {
    ...{ topic: 'order.events', aggregateId: id, version: 1, type: 'order.created' },
    data: { order_id: id, saga_id: `s-${id}`, user_id: 'u', total_minor: 700, currency: 'USD', items: [] },
  },
  {
    ...{ topic: 'order.events', aggregateId: id, version: 2, type: 'order.cancel-requested' },
    data: { order_id: id, saga_id: `s-${id}`, reason: 'no' },
  },
  {
    ...{ topic: 'order.events', aggregateId: id, version: 3, type: 'order.cancelled' },
    data: { order_id: id, saga_id: `s-${id}`, status: 'CANCELLED' },
  },
];

const listSchema = z.object({
  events: z.array(z.looseObject({ position: z.number(), message_id: z.string(), version: z.number() })),
  next: z.number().nullable(),
});

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${service.url}${path}`, { signal: AbortSignal.timeout(5_000) });
  return { status: answer.status, body: await answer.json() };
}
const list = async (query: string) => listSchema.parse((await get(`/events?${query}`)).body);
const versionsOf = async (aggregate: string) =>
  (await list(`aggregate=${aggregate}`)).events.map(({ version }) => version);

describe('event store', () => {
  it('keeps an aggregate in the order of its versions and folds it to its state', async () => {
    await send(...lifeOf('life'));
    await expect.poll(() => versionsOf('life'), WITHIN).toEqual([1, 2, 3]);
    const first = await list('aggregate=life&limit=2');
    expect(first.events.map(({ version }) => version)).toEqual([1, 2]);
    const second = await list(`aggregate=life&limit=2&after=${first.next}`);
    expect(second.events.map(({ version }) => version)).toEqual([3]);
    expect(second.next).toBeNull();
    expect(await get(`/events/${first.events[0]?.message_id}`)).toMatchObject({
      status: 200,
      body: {
        ...{ topic: 'order.events', aggregate_id: 'life', version: 1, type: 'order.created' },
        data: { total_minor: 700 },
        headers: { 'order-id': 'life', traceparent: expect.stringContaining('4bf92f') },
      },
    });
    expect((await get('/events/replay?topic=order.events&aggregate=life')).body).toMatchObject({
      state: { id: 'life', status: 'CANCELLED', total_minor: 700, user_id: 'u' },
      ...{ version: 3, events: 3, missing: null },
    });
    expect((await get('/events/replay?topic=order.events&aggregate=nobody')).status).toBe(404);
    expect((await get('/events/nobody')).status).toBe(404);
    expect((await get('/events?topic=order.commands')).status).toBe(400);
  });

  it('stores each event once, through deliveries that repeat and kill -9 at any moment', async () => {
    const ids = Array.from({ length: 42 }, (_, index) => `killed-${index}`);
    const sendLives = async (some: readonly string[]) => {
      for (const id of some) {
        const events = lifeOf(id).map((event) => ({ ...event, messageId: `m-${id}-${event.version}` }));
        await send(...events, ...events.slice(0, 1));
      }
    };
    for (let kills = 0; kills < 3; kills += 1) {
      // Counted before any is sent, or a quick service would have stored all of them by then.
      const before = await storedCount();
      const sending = sendLives(ids.slice(kills * 14, (kills + 1) * 14));
      await expect.poll(() => storedCount(), WITHIN).toBeGreaterThan(before);
      await Promise.all([service.restart(), sending]);
    }
    await expect.poll(() => storedCount('killed-%'), { ...WITHIN, timeout: 40_000 }).toBe(ids.length * 3);
    for (const id of ids) expect(await versionsOf(id)).toEqual([1, 2, 3]);
    const { rows } = await database.query(
      `select count(*)::int as both from stored_events join inbox using (message_id) where aggregate_id like 'killed-%'`,
    );
    expect(rows).toEqual([{ both: ids.length * 3 }]);
    const inPages: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: z.infer<typeof listSchema> = await list(`topic=order.events&limit=17&after=${after}`);
      inPages.push(...page.events.map(({ message_id }) => message_id));
      after = page.next;
    }
    expect(new Set(inPages).size).toBe(inPages.length);
    expect(inPages).toHaveLength(await storedCount());
  });

  it('shows a gap until the missing event comes, and replays up to it', async () => {
    const [created, requested, cancelled] = lifeOf('torn');
    if (created === undefined || requested === undefined || cancelled === undefined) throw new Error('no life');
    await send(created, cancelled);
    await expect.poll(() => versionsOf('torn'), WITHIN).toEqual([1, 3]);
    expect((await get('/events/gaps')).body).toEqual({
      gaps: [{ topic: 'order.events', aggregate_id: 'torn', missing: [2, 2] }],
    });
    expect((await get('/events/replay?topic=order.events&aggregate=torn')).body).toMatchObject({
      ...{ state: { status: 'PENDING' }, version: 1, missing: [2, 2] },
    });
    await send(requested);
    await expect.poll(() => versionsOf('torn'), WITHIN).toEqual([1, 2, 3]);
    expect((await get('/events/gaps')).body).toEqual({ gaps: [] });
    expect((await get('/events/replay?topic=order.events&aggregate=torn')).body).toMatchObject({
      ...{ state: { status: 'CANCELLED' }, version: 3, missing: null },
    });
  });

  it('takes a second message at a place that is taken for a contradiction, and goes on', async () => {
    const [created] = lifeOf('twice');
    if (created === undefined) throw new Error('no life');
    await send({ ...created, messageId: 'the-first' }, { ...created, messageId: 'the-second' });
    const nowhere = { ...created, version: 0, messageId: 'nowhere' };
    const unstorable = { ...created, version: 2, data: { text: 'a\u0000b' }, messageId: 'unstorable' };
    await send(nowhere, unstorable, { ...created, version: 2, messageId: 'the-third' });
    await expect.poll(() => versionsOf('twice'), WITHIN).toEqual([1, 2]);
    const letters = () =>
      topics.seen(DEAD_LETTERS).map(({ payload }) => [payload.message_id, String(payload.reason)] as const);
    await expect.poll(letters, WITHIN).toEqual([
      ['the-second', expect.stringContaining('order.events twice:1 contradicts the history')],
      ['nowhere', expect.stringContaining('no version')],
      ['unstorable', expect.stringContaining('cannot be stored')],
    ]);
    const stored = (await list('aggregate=twice')).events.map(({ message_id }) => message_id);
    expect(stored).toEqual(['the-first', 'the-third']);
  });

  it('is append-only, for its owner too', async () => {
    for (const change of [
      'update stored_events set version = 9',
      'delete from stored_events',
      'truncate stored_events',
    ]) {
      await expect(database.query(change)).rejects.toThrow('append-only');
    }
  });

  it('gives no page that a slower writer could still add to', async () => {
    const insert = (id: string) =>
      `insert into stored_events (message_id, topic, partition, "offset", aggregate_id, version, type, data, headers)
       values ('${id}', 'saga.events', 0, 0, '${id}', 1, 'saga.started', '{}', '{}')`;
    await database.query('begin');
    await database.query(insert('slow'));
    const other = new pg.Client({ connectionString: databaseUrl });
    await other.connect();
    try {
      // Has a higher position, and commits first.
      await other.query(insert('fast'));
    } finally {
      await other.end();
    }
    const page = list('topic=saga.events');
    expect(await Promise.race([page.then(() => 'answered'), delay(300, 'waiting')])).toBe('waiting');
    await database.query('commit');
    expect((await page).events.map(({ message_id }) => message_id)).toEqual(['slow', 'fast']);
  });
});

async function storedCount(aggregates = '%'): Promise<number> {
  const { rows } = await database.query<{ stored: number }>(
    `select count(*)::int as stored from stored_events where topic = 'order.events' and aggregate_id like $1`,
    [aggregates],
  );
  return rows[0]?.stored ?? 0;
}
