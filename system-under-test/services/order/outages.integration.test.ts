import { readdir, readFile } from 'node:fs/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { readTopics } from '#sut/platform/testing/read-topics.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { sleep } from '#sut/platform/time/sleep.ts';
import { provisionDatabases } from '../../environment/servers/provision-databases.ts';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';

const PATIENCE = AbortSignal.any([]);
const OUTAGE_MS = 10_000;
/**
 * From the moment the server is back until requests, relay and consumer all work again. A broker that was restarted
 * first waits for the consumer's old membership to end (6 s, the shortest session that brokers allow by default).
 */
const RECOVERY_MAX_MS = { kafka: 9_000, postgres: 6_000, redis: 6_000 } as const;

let servers: Readonly<Record<'kafka' | 'postgres' | 'redis', StartedServer>>;
let order: StartedService;
let producer: Producer;

beforeAll(async () => {
  const [kafka, postgres, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('redis'),
  ]);
  servers = { kafka, postgres, redis };
  const limit = AbortSignal.timeout(30_000);
  await Promise.all([provisionTopics(kafka.port, limit), provisionDatabases(postgres.port, limit)]);
  order = await startService('order', {
    POSTGRES_URL: `postgres://shop@127.0.0.1:${postgres.port}/orders`,
    KAFKA_BROKERS: kafka.url,
    REDIS_URL: redis.url,
  });
  producer = new Kafka({
    clientId: 'test',
    brokers: [kafka.url],
    logLevel: logLevel.NOTHING,
    retry: { maxRetryTime: 200, retries: 30 },
  }).producer();
  await producer.connect();
});
afterAll(async () => {
  await producer?.disconnect();
  await order?.[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers ?? {}).map((server) => server[Symbol.asyncDispose]()));
});

interface Placed {
  readonly order: { readonly id: string };
  readonly saga_id: string;
}

async function place(): Promise<Placed | undefined> {
  try {
    const answer = await fetch(`${order.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'u', items: [{ product_id: 'p', quantity: 1, price: 1 }] }),
      signal: AbortSignal.timeout(6_000),
    });
    return answer.status === 201 ? ((await answer.json()) as Placed) : undefined;
  } catch {
    return undefined;
  }
}

async function confirm({ order: { id }, saga_id }: Placed): Promise<void> {
  const identity = { saga_id, order_id: id, step: 'confirm', participant: 'order', action: 'confirm' };
  const headers = { [HEADERS.messageId]: saga_id, [HEADERS.type]: 'order.confirm', [HEADERS.aggregateId]: saga_id };
  const value = JSON.stringify({ ...identity, attempt: 1, idempotency_key: saga_id, data: {} });
  await producer.send({ topic: 'order.commands', messages: [{ key: saga_id, value, headers }] });
}

async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > timeoutMs) return Number.POSITIVE_INFINITY;
    await sleep(20, PATIENCE);
  }
  return Math.round(performance.now() - start);
}

const answers = async (path: string, holds: (body: Record<string, unknown>) => boolean): Promise<boolean> => {
  const answer = await fetch(order.url + path, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return answer?.ok === true && holds((await answer.json()) as Record<string, unknown>);
};

/** Milliseconds until an order is placed, published and confirmed. */
async function recovery(
  timeoutMs: number,
): Promise<{ readonly placed: number; readonly published: number; readonly confirmed: number }> {
  const start = performance.now();
  let fresh: Placed | undefined;
  const placed = await until(async () => {
    fresh = await place();
    return fresh !== undefined;
  }, timeoutMs);
  await until(() => answers('/admin/outbox/events', ({ pending }) => pending === 0), timeoutMs);
  const published = Math.round(performance.now() - start);
  if (fresh !== undefined) {
    const { id } = fresh.order;
    await confirm(fresh);
    await until(() => answers(`/orders/${id}`, ({ status }) => status === 'CONFIRMED'), timeoutMs);
  }
  return { placed, published, confirmed: Math.round(performance.now() - start) };
}

/** A process and its children: PostgreSQL's sessions are processes of their own. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const family = [pid];
  for (const entry of await readdir('/proc')) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '') : '';
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) family.push(Number(entry));
  }
  return family;
}

/** Connections stay open, nothing is answered: what a partition looks like. */
async function freeze(server: StartedServer): Promise<void> {
  const family = await familyOf(server.pid);
  for (const pid of family) process.kill(pid, 'SIGSTOP');
  await sleep(OUTAGE_MS, PATIENCE);
  for (const pid of family) process.kill(pid, 'SIGCONT');
}

async function cutOff(server: StartedServer): Promise<void> {
  await server.kill();
  await sleep(OUTAGE_MS / 3, PATIENCE);
  await server.restart();
}

/** Customers who go on ordering while the server is away; resolves to the orders that they were told of. */
async function orderMeanwhile(stop: AbortSignal): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  while (!stop.aborted) {
    const one = await place();
    if (one !== undefined) placed.push(one);
    await sleep(50, stop);
  }
  return placed;
}

describe.each(['kafka', 'postgres', 'redis'] as const)('when %s', (name) => {
  it.each([
    ['freezes', freeze],
    ['dies and comes back', cutOff],
  ] as const)('%s, the service works again right after, without a restart', async (what, outage) => {
    await recovery(20_000);
    const stop = new AbortController();
    const meanwhile = orderMeanwhile(stop.signal);
    await outage(servers[name]);
    const times = await recovery(30_000);
    stop.abort();
    const acknowledged = await meanwhile;
    process.stdout.write(`${name} ${what}: ${JSON.stringify(times)} ms, ${acknowledged.length} orders meanwhile\n`);
    expect(times.confirmed).toBeLessThan(RECOVERY_MAX_MS[name]);
    await until(() => answers('/admin/outbox/events', ({ pending }) => pending === 0), 10_000);
    const created = (await readTopics(servers.kafka.url, ['order.events'])).filter(
      ({ type }) => type === 'order.created',
    );
    const ids = new Map<string | undefined, number>();
    for (const { orderId } of created) ids.set(orderId, (ids.get(orderId) ?? 0) + 1);
    expect([...ids.values()].filter((count) => count !== 1)).toEqual([]);
    expect(acknowledged.filter(({ order: { id } }) => !ids.has(id))).toEqual([]);
    expect(await answers('/health/ready', ({ status }) => status === 'ready')).toBe(true);
  });
});
