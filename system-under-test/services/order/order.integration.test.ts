import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarationOf } from '#sut/contract/components.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { readTopics } from '#sut/platform/testing/read-topics.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { sleep } from '#sut/platform/time/sleep.ts';
import { flushRedis, provisionDatabases } from '../../environment/servers/provision-databases.ts';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
let servers: StartedServer[] = [];
let broker: string;
let redisPort: number;
let order: StartedService;
let gateway: StartedService;
let kafka: Kafka;
let producer: Producer;

beforeAll(async () => {
  const [kafkaServer, postgres, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('redis'),
  ]);
  servers = [kafkaServer, postgres, redis];
  broker = kafkaServer.url;
  redisPort = redis.port;
  const limit = AbortSignal.timeout(30_000);
  await Promise.all([provisionTopics(kafkaServer.port, limit), provisionDatabases(postgres.port, limit)]);
  order = await startService('order', {
    POSTGRES_URL: `postgres://shop@127.0.0.1:${postgres.port}/orders`,
    KAFKA_BROKERS: broker,
    REDIS_URL: redis.url,
  });
  const nobody = 'http://127.0.0.1:9';
  const peers = declarationOf('gateway').uses.map((name) => [SETTINGS.peerUrl(name), nobody]);
  gateway = await startService('gateway', { ...Object.fromEntries(peers), ORDER_URL: order.url });
  kafka = new Kafka({ clientId: 'test', brokers: [broker], logLevel: logLevel.NOTHING });
  producer = kafka.producer();
  await producer.connect();
});
afterAll(async () => {
  await producer?.disconnect();
  await Promise.all([order, gateway].map((service) => service?.[Symbol.asyncDispose]()));
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
});

interface Placed {
  readonly order: { readonly id: string; readonly status: string; readonly total_amount: number };
  readonly saga_id: string;
}
interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

async function send<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
  const response = await fetch(gateway.url + path, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: (await response.json()) as T };
}

const request = (user: string, quantity = 2) => ({
  user_id: user,
  items: [
    { product_id: 'prod-1', quantity, price: 29.99 },
    { product_id: 'prod-2', quantity: 1, price: 49.99 },
  ],
});
const place = (body: unknown, headers?: Record<string, string>) => send<Placed>('/orders', body, headers);
const statusOf = async (id: string) => (await send<{ status: string }>(`/orders/${id}`)).body.status;

async function eventually<T>(read: () => Promise<T>, isThere: (value: T) => boolean, timeoutMs = 15_000): Promise<T> {
  const patience = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const value = await read();
    if (isThere(value) || patience.aborted) return value;
    await sleep(20, patience);
  }
}

async function command(placed: Placed, action: string, messageId: string, attempt = 1): Promise<void> {
  const value = {
    saga_id: placed.saga_id,
    order_id: placed.order.id,
    step: action,
    participant: 'order',
    action,
    attempt,
    idempotency_key: `${placed.saga_id}:${action}`,
    data: {},
  };
  await sendRecord(messageId, placed.saga_id, `order.${action}`, JSON.stringify(value));
}

async function sendRecord(messageId: string, aggregateId: string, type: string, value: string): Promise<void> {
  const headers = {
    [HEADERS.messageId]: messageId,
    [HEADERS.type]: type,
    [HEADERS.aggregateId]: aggregateId,
    [HEADERS.version]: '1',
    [HEADERS.traceparent]: `00-${TRACE}-b7ad6b7169203331-01`,
  };
  await producer.send({
    topic: 'order.commands',
    messages: [{ key: `${aggregateId}:1`, value, headers, partition: 0 }],
  });
}

const outbox = async () => {
  const response = await fetch(`${order.url}/admin/outbox/events?limit=1000`);
  return (await response.json()) as {
    pending: number;
    events: { event_type: string; aggregate_id: string; headers: Record<string, string> }[];
  };
};
const eventsAbout = async (aggregateId: string) =>
  (await outbox()).events.filter(({ aggregate_id }) => aggregate_id === aggregateId).reverse();
const typesAbout = async (aggregateId: string) => (await eventsAbout(aggregateId)).map(({ event_type }) => event_type);

describe('POST /orders', () => {
  it('places an order with exact amounts and publishes order.created once', async () => {
    const { status, body } = await place(request('ann'));
    expect(status).toBe(201);
    expect(body.order).toMatchObject({ status: 'PENDING', total_amount: 109.97 });
    expect((await send<Placed['order']>(`/orders/${body.order.id}`)).body).toMatchObject({ total_amount: 109.97 });
    const about = async () =>
      (await readTopics(broker, ['order.events'])).filter(({ orderId }) => orderId === body.order.id);
    const published = await eventually(about, (messages) => messages.length > 0);
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({ type: 'order.created', version: 1, sagaId: body.saga_id });
    expect(published[0]?.payload).toMatchObject({ total_minor: 10_997, currency: 'USD', card: 'card-ok' });
  });

  it('takes points for a part of the price at most', async () => {
    const { status, body } = await place({ ...request('pat'), redeem_points: 10_997 });
    expect(status).toBe(201);
    expect(body.order).toMatchObject({ total_amount: 109.97, redeem_points: 10_997 });
    const [created] = await eventsAbout(body.order.id);
    expect(created).toMatchObject({ event_type: 'order.created', event_data: { redeem_points: 10_997 } });
    expect(await place({ ...request('pat'), redeem_points: 10_998 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'redeem_points' }] },
    });
    const headers = { 'Idempotency-Key': 'pat-1' };
    expect((await place({ ...request('pat'), redeem_points: 1 }, headers)).status).toBe(201);
    expect((await place({ ...request('pat'), redeem_points: 2 }, headers)).status).toBe(422);
  });

  it('makes one order of a key, however often and at once it is sent', async () => {
    const headers = { 'Idempotency-Key': 'bob-1' };
    const answers = await Promise.all(Array.from({ length: 12 }, () => place(request('bob'), headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await place(request('bob', 3), headers)).status).toBe(422);
    const other = await place(request('cid'), headers);
    expect(other.status).toBe(201);
    expect(other.body.order.id).not.toBe(answers[0]?.body.order.id);
  });

  it('makes an order of each request without key', async () => {
    const [first, second] = [await place(request('dan')), await place(request('dan'))];
    expect(first.body.order.id).not.toBe(second.body.order.id);
  });

  it('names the fields that are wrong and writes nothing', async () => {
    const before = (await outbox()).events.length;
    const bad = { user_id: 'e\u0000', items: [{ product_id: '', quantity: 0, price: 0.001 }] };
    const { status, body } = await send<{ details: { field: string }[] }>('/orders', bad);
    expect(status).toBe(400);
    const fields = body.details.map(({ field }) => field).toSorted();
    expect(fields).toEqual(['items.0.price', 'items.0.product_id', 'items.0.quantity', 'user_id']);
    expect((await outbox()).events.length).toBe(before);
  });
});

describe('the life of an order', () => {
  it('is confirmed once by a command that comes three times, forgotten by the cache, and then cannot be cancelled', async () => {
    const { body } = await place(request('eve'));
    await command(body, 'confirm', `${body.saga_id}-1`);
    await eventually(
      () => typesAbout(body.saga_id),
      (types) => types.length === 1,
    );
    await flushRedis(redisPort, AbortSignal.timeout(5_000));
    await command(body, 'confirm', `${body.saga_id}-1`);
    await command(body, 'confirm', `${body.saga_id}-2`, 2);
    expect(
      await eventually(
        () => statusOf(body.order.id),
        (status) => status === 'CONFIRMED',
      ),
    ).toBe('CONFIRMED');
    const replies = await eventually(
      () => eventsAbout(body.saga_id),
      (events) => events.length === 2,
    );
    expect(replies.map(({ event_type }) => event_type)).toEqual(['order.confirm.done', 'order.confirm.done']);
    expect(replies.map(({ headers }) => headers[HEADERS.causeId])).toEqual([`${body.saga_id}-1`, `${body.saga_id}-2`]);
    expect(replies[0]?.headers[HEADERS.traceparent]).toContain(TRACE);
    expect(await typesAbout(body.order.id)).toEqual(['order.created', 'order.confirmed']);
    expect((await send(`/orders/${body.order.id}/cancel`, {})).status).toBe(409);
  });

  it('is cancelled through the saga', async () => {
    const { body } = await place(request('fay'));
    const cancel = () => send<{ status: string }>(`/orders/${body.order.id}/cancel`, {});
    expect(await cancel()).toEqual({ status: 202, body: { status: 'cancelling' } });
    expect((await cancel()).status).toBe(202);
    await command(body, 'cancel', `${body.saga_id}-1`);
    await eventually(
      () => statusOf(body.order.id),
      (status) => status === 'CANCELLED',
    );
    expect(await cancel()).toEqual({ status: 200, body: { status: 'cancelled' } });
    await command(body, 'confirm', `${body.saga_id}-2`);
    const replies = await eventually(
      () => typesAbout(body.saga_id),
      (types) => types.length === 2,
    );
    expect(replies).toEqual(['order.cancel.done', 'order.confirm.rejected']);
    expect(await typesAbout(body.order.id)).toEqual(['order.created', 'order.cancel-requested', 'order.cancelled']);
    expect((await send('/orders/none/cancel', {})).status).toBe(404);
  });

  it('goes on behind messages that nobody can read, which become dead letters', async () => {
    const { body } = await place(request('gil'));
    await sendRecord('poison-1', 'poison', 'order.confirm', 'not json');
    await sendRecord('poison-2', 'poison', 'order.explode', '{"saga_id":"s"}');
    await producer.send({ topic: 'order.commands', messages: [{ key: 'x', value: 'no headers', partition: 0 }] });
    await command(body, 'confirm', `${body.saga_id}-1`);
    await eventually(
      () => statusOf(body.order.id),
      (status) => status === 'CONFIRMED',
    );
    const letters = await eventually(
      () => readTopics(broker, ['order.dead-letters']),
      (found) => found.length >= 3,
    );
    expect(letters).toHaveLength(3);
    const reasons = letters.map(({ payload }) => (payload as { reason: string }).reason).join('\n');
    expect(reasons).toContain('not JSON');
    expect(reasons).toContain('headers missing');
  });
});

it('leaves no lag behind, transaction markers included', async () => {
  const admin = kafka.admin();
  await admin.connect();
  const lag = async () => {
    const [committed] = await admin.fetchOffsets({ groupId: 'order', topics: ['order.commands'] });
    const ends = await admin.fetchTopicOffsets('order.commands');
    return ends.reduce((sum, { partition, high }) => {
      const position = committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? '0';
      return sum + Number(high) - Math.max(0, Number(position));
    }, 0);
  };
  // A transaction whose last record is its marker.
  const transactional = kafka.producer({ transactionalId: 'test', maxInFlightRequests: 1 });
  await transactional.connect();
  const transaction = await transactional.transaction();
  await transaction.send({ topic: 'order.commands', messages: [{ key: 'x', value: 'aborted', partition: 3 }] });
  await transaction.abort();
  await transactional.disconnect();
  expect(await eventually(lag, (value) => value === 0)).toBe(0);
  await admin.disconnect();
});

it('is quick', async () => {
  const count = 60;
  const seen = new Map<string, number>();
  const consumer = kafka.consumer({ groupId: 'latency', maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic: 'order.events', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => void seen.set(String(message.headers?.['order-id']), performance.now()),
  });
  const answered: { id: string; ms: number; at: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    const { body } = await place(request(`user-${index}`), { 'Idempotency-Key': `latency-${index}` });
    const at = performance.now();
    answered.push({ id: body.order.id, ms: at - start, at });
    await sleep(20, AbortSignal.any([]));
  }
  await eventually(
    async () => answered.every(({ id }) => seen.has(id)),
    (all) => all,
  );
  await consumer.disconnect();
  const quantiles = (values: number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return [0.5, 0.95].map((q) => Math.round((sorted[Math.floor(q * sorted.length)] ?? 0) * 10) / 10);
  };
  const post = quantiles(answered.map(({ ms }) => ms));
  const relay = quantiles(answered.map(({ id, at }) => (seen.get(id) ?? Number.NaN) - at));
  process.stdout.write(`POST /orders through the gateway p50, p95: ${post} ms; answer to consumer: ${relay} ms\n`);
  expect(post[0]).toBeLessThan(200);
  expect(relay[0]).toBeLessThan(500);
});

it('drains at SIGTERM and goes on after a restart', async () => {
  const { body } = await place(request('zoe'));
  expect(await order.stop()).toBe(0);
  const down = await send<{ error: string }>(`/orders/${body.order.id}`);
  expect(down.status).toBe(503);
  expect(down.body.error).toContain('order');
  await order.restart();
  expect(await statusOf(body.order.id)).toBe('PENDING');
  expect((await outbox()).pending).toBe(0);
});
