import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from '#sut/contract/messages.ts';
import { STORES } from '#sut/contract/stores.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { TopicClient } from '#sut/platform/testing/topic-client.ts';

const REPLIES = 'payment.replies';
const EVENTS = 'payment.events';
const CARD = { amount_minor: 2999, currency: 'USD', card: 'card-ok' };
const WITHIN = { timeout: 15_000, interval: 50 };

const held = new AsyncDisposableStack();
let acquirer: StartedService;
let payment: StartedService;
let topics: TopicClient;
let saga: string;
let sagas = 0;

beforeAll(async () => {
  const [kafka, postgres, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('redis'),
  ]);
  for (const server of [kafka, postgres, redis]) held.use(server);
  const dataDir = await mkdtemp(join(tmpdir(), 'payment-'));
  held.defer(() => rm(dataDir, { recursive: true, force: true }));
  topics = held.use(await TopicClient.connect(kafka.url, [REPLIES, EVENTS]));
  acquirer = held.use(await startService('acquirer', { DATA_DIR: dataDir, LOG_LEVEL: 'warn' }));
  payment = held.use(
    await startService('payment', {
      POSTGRES_URL: await createDatabase(postgres),
      KAFKA_BROKERS: kafka.url,
      REDIS_URL: redis.url,
      ACQUIRER_URL: acquirer.url,
      LOG_LEVEL: 'warn',
    }),
  );
});
afterAll(() => held.disposeAsync());
beforeEach(() => {
  sagas += 1;
  saga = `s${sagas}`;
});

async function createDatabase(postgres: StartedServer): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query(`create database ${STORES.payment.database}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${STORES.payment.database}`;
  return url.href;
}

const command = (action: 'charge' | 'refund', changes: Partial<Command> = {}): Command => ({
  saga_id: saga,
  order_id: `order-${saga}`,
  step: 'charge',
  participant: 'payment',
  action,
  attempt: 1,
  idempotency_key: `${saga}:charge:${action}`,
  data: CARD,
  ...changes,
});

const replies = (sagaId = saga) =>
  topics.seen(REPLIES, sagaId).map(({ payload }) => `${payload.action}#${payload.attempt} ${payload.outcome}`);
const events = (sagaId = saga) => topics.seen(EVENTS, sagaId).map(({ headers }) => headers.type);

async function get(url: string): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return answer.json();
}
const statusOf = async (sagaId = saga) =>
  z.object({ status: z.string() }).parse(await get(`${payment.url}/payments/pay-${sagaId}`)).status;

const ledgerSchema = z.object({ entries: z.array(z.object({ kind: z.string(), idempotency_key: z.string() })) });
async function ledger(sagaId = saga): Promise<readonly string[]> {
  const { entries } = ledgerSchema.parse(await get(`${acquirer.url}/ledger`));
  return entries.filter(({ idempotency_key }) => idempotency_key === `pay-${sagaId}`).map(({ kind }) => kind);
}

describe('payment', () => {
  it('charges once and answers every attempt', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const first = await topics.command(command('charge'), 'first-charge', `00-${traceId}-00f067aa0ba902b7-01`);
    await expect.poll(() => replies(), WITHIN).toEqual(['charge#1 done']);
    expect(topics.seen(REPLIES, saga)[0]?.headers['cause-id']).toBe(first);
    for (const { headers } of [...topics.seen(REPLIES, saga), ...topics.seen(EVENTS, saga)]) {
      expect(headers.traceparent).toContain(traceId);
    }
    await topics.command(command('charge'), first);
    await topics.command(command('charge', { attempt: 2 }));
    await expect.poll(() => replies(), WITHIN).toEqual(['charge#1 done', 'charge#2 done']);
    expect(await ledger()).toEqual(['capture']);
    await expect.poll(() => events(), WITHIN).toEqual(['payment.captured']);
    expect(await get(`${payment.url}/payments?order_id=order-${saga}`)).toMatchObject({
      payments: [{ id: `pay-${saga}`, amount: 29.99, currency: 'USD', status: 'CAPTURED' }],
    });
  });

  it('charges for a payment request as for an order, and finds the payment by it', async () => {
    const request = `payment-${saga}`;
    await topics.command(command('charge', { order_id: request }));
    await expect.poll(() => replies(), WITHIN).toEqual(['charge#1 done']);
    expect(await get(`${payment.url}/payments/${request}`)).toMatchObject({ id: `pay-${saga}`, order_id: request });
    expect(await ledger()).toEqual(['capture']);
  });

  it('refunds once and answers every attempt', async () => {
    await topics.command(command('charge'));
    await topics.command(command('refund'));
    await expect.poll(() => replies(), WITHIN).toContain('refund#1 done');
    await topics.command(command('refund', { attempt: 2 }));
    await expect.poll(() => replies(), WITHIN).toContain('refund#2 done');
    expect((await ledger()).filter((kind) => kind !== 'void' && kind !== 'decline')).toSatisfy(
      (kinds: string[]) => kinds.length === 0 || kinds.join() === 'capture,refund',
    );
    expect(await statusOf()).toMatch(/^(REFUNDED|VOIDED)$/);
  });

  it('reports a decline as a rejection with its reason', async () => {
    await topics.command(command('charge', { data: { ...CARD, card: 'card-declined' } }));
    await expect.poll(() => replies(), WITHIN).toEqual(['charge#1 rejected']);
    expect(topics.seen(REPLIES, saga)[0]?.payload).toMatchObject({ reason: 'card-declined' });
    await topics.command(command('refund'));
    await expect.poll(() => replies(), WITHIN).toEqual(['charge#1 rejected', 'refund#1 done']);
    expect(await ledger()).toEqual(['decline']);
  });

  it('does not charge after a refund that came first', async () => {
    await topics.command(command('refund'));
    await expect.poll(() => replies(), WITHIN).toEqual(['refund#1 done']);
    await topics.command(command('charge'));
    await expect.poll(() => replies(), WITHIN).toEqual(['refund#1 done', 'charge#1 rejected']);
    expect(await statusOf()).toBe('VOIDED');
    expect(await ledger()).toEqual([]);
  });

  it('waits for an acquirer that is away, and gives nothing up', async () => {
    await acquirer.kill();
    const [charged, undone] = [`${saga}-charged`, `${saga}-undone`];
    for (const id of [charged, undone]) await topics.command(command('charge', { saga_id: id, order_id: id }));
    await expect.poll(() => statusOf(undone), WITHIN).toBe('PENDING');
    await topics.command(command('refund', { saga_id: undone, order_id: undone }));
    await expect.poll(() => statusOf(undone), WITHIN).toBe('REVERSING');
    expect([replies(charged), replies(undone)]).toEqual([[], []]);
    await acquirer.restart();
    await expect.poll(() => replies(charged), WITHIN).toEqual(['charge#1 done']);
    await expect.poll(() => replies(undone), WITHIN).toEqual(['refund#1 done']);
    expect([await ledger(charged), await ledger(undone)]).toEqual([['capture'], ['void']]);
  });

  it('charges each once and answers each once when it is killed in the middle of many', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${saga}-${n}`);
    await Promise.all(ids.map((id) => topics.command(command('charge', { saga_id: id, order_id: id }))));
    const answered = () => ids.filter((id) => replies(id).length > 0).length;
    await expect.poll(answered, { ...WITHIN, interval: 5 }).toBeGreaterThan(0);
    await payment.kill();
    expect(answered(), 'the kill came in the middle').toBeLessThan(ids.length);
    await payment.restart();
    await expect.poll(answered, { ...WITHIN, timeout: 30_000 }).toBe(ids.length);
    for (const id of ids) {
      expect(replies(id)).toEqual(['charge#1 done']);
      await expect.poll(() => events(id), WITHIN).toEqual(['payment.captured']);
      expect(await ledger(id)).toEqual(['capture']);
    }
  });

  it('ends in order when it is asked to', async () => {
    expect(await payment.stop()).toBe(0);
    await payment.restart();
  });
});
