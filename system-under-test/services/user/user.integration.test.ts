import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, userUpdatedSchema } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { provisionDatabases } from '#sut/environment/servers/provision-databases.ts';
import { startServer } from '#sut/environment/testing/start-server.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { IncomingMessage } from '#sut/platform/store.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { TopicClient } from '#sut/platform/testing/topic-client.ts';
import { handleUserCommand } from './handle-command.ts';
import { HOLD_TABLE } from './hold-rows.ts';
import { USER_TABLE } from './user-rows.ts';

const REPLIES = 'user.replies';
const EVENTS = 'user.events';
const DEFAULT_LIMIT_MINOR = 50_00;
const WITHIN = { timeout: 20_000, interval: 20 };

const held = new AsyncDisposableStack();
let service: StartedService;
let topics: TopicClient;
let database: PostgresStore;
let user: string;
let saga: string;
let tests = 0;

beforeAll(async () => {
  const [kafka, postgres, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('redis'),
  ]);
  for (const server of [kafka, postgres, redis]) held.use(server);
  await provisionDatabases(postgres.port, AbortSignal.timeout(30_000));
  topics = held.use(await TopicClient.connect(kafka.url, [REPLIES, EVENTS]));
  const url = `postgres://shop@127.0.0.1:${postgres.port}/${STORES.user.database}`;
  database = held.use(new PostgresStore({ url, service: 'user-test', schema: USER_TABLE + HOLD_TABLE }));
  service = held.use(
    await startService('user', {
      [SETTINGS.postgresUrl]: url,
      [SETTINGS.kafkaBrokers]: kafka.url,
      [SETTINGS.redisUrl]: redis.url,
      [SETTINGS.defaultSpendingLimitMinor]: String(DEFAULT_LIMIT_MINOR),
      [SETTINGS.logLevel]: 'warn',
    }),
  );
});
afterAll(() => held.disposeAsync());
beforeEach(() => {
  tests += 1;
  user = `user-${tests}`;
  saga = `s${tests}`;
});

const command = (action: string, changes: Partial<Command> = {}): Command => ({
  saga_id: saga,
  order_id: `order-of-${changes.saga_id ?? saga}`,
  step: 'hold-limit',
  participant: 'user',
  action,
  attempt: 1,
  idempotency_key: `${changes.saga_id ?? saga}:hold-limit:${action}`,
  data: { user_id: user, amount_minor: 10_00, currency: 'USD' },
  ...changes,
});

const replies = (sagaId = saga) =>
  topics.seen(REPLIES, sagaId).map(({ payload }) => `${payload.action}#${payload.attempt} ${payload.outcome}`);
const events = (id = user) =>
  topics.seen(EVENTS).flatMap(({ headers }) => (headers['aggregate-id'] === id ? [headers] : []));
const eventTypes = () => events().map(({ type }) => type);

interface Answer {
  readonly status: number;
  readonly body: { readonly version: number; readonly spent: number; readonly details: readonly { field: string }[] };
}

async function call(method: 'GET' | 'PUT', id: string, body?: Record<string, unknown>): Promise<Answer> {
  const answer = await fetch(`${service.url}/users/${encodeURIComponent(id)}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const spentOf = async (id = user) => (await call('GET', id)).body.spent;

describe('profiles', () => {
  it('are put and read with decimals, and every change is told once with its version', async () => {
    expect((await call('GET', user)).status).toBe(404);
    const profile = { name: 'Ann', email: 'ann@example.com', preferred_channel: 'sms', spending_limit: 19.99 };
    const created = await call('PUT', user, profile);
    expect(created).toEqual({
      status: 201,
      body: { id: user, ...profile, phone: null, spent: 0, version: 1 },
    });
    expect(await call('PUT', user, profile)).toEqual({ status: 200, body: created.body });
    expect(await call('PUT', user, { name: 'Ann', phone: '+49 30 123456' })).toMatchObject({
      status: 200,
      body: { email: null, preferred_channel: 'email', spending_limit: 19.99, version: 2 },
    });
    await expect
      .poll(() => events().map(({ type, version }) => `${type} ${version}`), WITHIN)
      .toEqual(['user.updated 1', 'user.updated 2']);
    const payloads = topics.seen(EVENTS).filter(({ headers }) => headers['aggregate-id'] === user);
    expect(payloads.map(({ payload }) => userUpdatedSchema.parse(payload).preferred_channel)).toEqual(['sms', 'email']);
  });

  it('are refused with the fields that are wrong, and leave nothing', async () => {
    const answer = await call('PUT', user, { email: 'nobody', spending_limit: 0.001, preferred_channel: 'pigeon' });
    expect(answer.status).toBe(400);
    const fields = answer.body.details.map(({ field }) => field).toSorted();
    expect(fields).toEqual(['email', 'name', 'preferred_channel', 'spending_limit']);
    expect((await call('GET', user)).status).toBe(404);
    expect((await call('PUT', 'a\u0000', { name: 'Nil' })).status).toBe(400);
  });

  it('of one user, put at once by many, are created once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => call('PUT', user, { name: `Ann ${n}`, spending_limit: n })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.map(({ body }) => body.version).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    );
  });
});

describe('holds', () => {
  it('take from the limit of a stranger and give it back, once however often they come', async () => {
    const first = await topics.command(command('hold-limit'));
    await topics.command(command('hold-limit'), first);
    await topics.command(command('hold-limit', { attempt: 2 }));
    await expect.poll(() => replies(), WITHIN).toEqual(['hold-limit#1 done', 'hold-limit#2 done']);
    expect(topics.seen(REPLIES, saga)[0]?.headers['cause-id']).toBe(first);
    expect((await call('GET', user)).body).toMatchObject({ name: null, spending_limit: 50, spent: 10, version: 1 });
    await topics.command(command('release-limit', { data: {} }));
    await topics.command(command('release-limit', { data: {}, attempt: 2 }));
    await topics.command(command('hold-limit', { attempt: 3 }));
    await expect
      .poll(() => replies().slice(2), WITHIN)
      .toEqual(['release-limit#1 done', 'release-limit#2 done', 'hold-limit#3 rejected']);
    expect(await spentOf()).toBe(0);
    await expect.poll(eventTypes, WITHIN).toEqual(['user.limit-held', 'user.limit-released']);
    expect(events()[0]).toMatchObject({
      version: '1',
      'user-id': user,
      'saga-id': saga,
      'order-id': `order-of-${saga}`,
    });
    // A profile for somebody who has bought already is a change, not a new user.
    expect(await call('PUT', user, { name: 'Ann' })).toMatchObject({ status: 200, body: { version: 3 } });
  });

  it('above the limit are refused with what was left, and again the same when the limit has grown', async () => {
    await call('PUT', user, { name: 'Ann', spending_limit: 9.99 });
    await topics.command(command('hold-limit'));
    await expect.poll(() => replies(), WITHIN).toEqual(['hold-limit#1 rejected']);
    await call('PUT', user, { name: 'Ann', spending_limit: 1_000 });
    await topics.command(command('hold-limit', { attempt: 2 }));
    await expect.poll(() => replies(), WITHIN).toEqual(['hold-limit#1 rejected', 'hold-limit#2 rejected']);
    for (const { payload } of topics.seen(REPLIES, saga)) {
      expect(payload).toMatchObject({
        reason: 'spending limit exceeded',
        data: { available_minor: 9_99, requested_minor: 10_00 },
      });
    }
    expect(await spentOf()).toBe(0);
  });

  it('do nothing after their release', async () => {
    await topics.command(command('release-limit', { data: {} }));
    await topics.command(command('hold-limit'));
    await expect.poll(() => replies(), WITHIN).toEqual(['release-limit#1 done', 'hold-limit#1 rejected']);
    expect((await call('GET', user)).status).toBe(404);
  });

  it('keep a limit from falling below them', async () => {
    await topics.command(command('hold-limit'));
    await expect.poll(() => replies(), WITHIN).toEqual(['hold-limit#1 done']);
    expect(await call('PUT', user, { name: 'Ann', spending_limit: 9.99 })).toMatchObject({
      status: 409,
      body: { details: { spent: 10 } },
    });
    expect(await call('PUT', user, { name: 'Ann', spending_limit: 10 })).toMatchObject({ status: 200 });
    const overspending = database.query('update users set spent_minor = spending_limit_minor + 1 where id = $1', [
      user,
    ]);
    await expect(overspending).rejects.toThrow(pg.DatabaseError);
  });
});

/** Commands straight into the store, as many consumers at once would hand them over in the middle of a rebalance. */
async function handle(asked: Command, id: string): Promise<string> {
  const message: IncomingMessage = {
    ...{ id, topic: 'user.commands', type: `user.${asked.action}`, aggregateId: asked.saga_id, version: 1 },
    ...{ sagaId: asked.saga_id, orderId: asked.order_id, payload: asked, traceparent: undefined },
    record: { partition: 0, offset: '0', headers: {} },
  };
  const handler = handleUserCommand({ defaultLimitMinor: DEFAULT_LIMIT_MINOR });
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.handleOnce(message, (unit) => handler(unit, asked, message));
    } catch (error) {
      // As the inbox does.
      if (tries === 10) throw error;
    }
  }
}

describe('at the same time', () => {
  it('30 holds of a limit for 5 never exceed it', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `${saga}-${n}`);
    const outcomes = await Promise.all(ids.map((id) => handle(command('hold-limit', { saga_id: id }), id)));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'rejected')).toHaveLength(25);
    expect((await call('GET', user)).body).toMatchObject({ spent: 50, version: 30 });
  });

  it('one hold, its repeat and its release leave nothing held', async () => {
    const ids = Array.from({ length: 15 }, (_, n) => `${saga}-${n}`);
    await Promise.all(
      ids.flatMap((id, n) => {
        const sent = [
          () => handle(command('hold-limit', { saga_id: id }), `${id}-1`),
          () => handle(command('hold-limit', { saga_id: id, attempt: 2 }), `${id}-2`),
          () => handle(command('release-limit', { saga_id: id }), `${id}-3`),
        ];
        return (n % 2 === 0 ? sent : sent.toReversed()).map((send) => send());
      }),
    );
    const rows = await database.query<{ status: string }>(
      `select distinct status from spending_holds where saga_id like $1`,
      [`${saga}-%`],
    );
    expect(rows.map(({ status }) => status)).not.toContain('HELD');
    const [found] = await database.query<{ spent: string }>('select spent_minor as spent from users where id = $1', [
      user,
    ]);
    expect(Number(found?.spent ?? 0)).toBe(0);
  });
});

it('holds each once and answers each once when it is killed in the middle of many', async () => {
  const [rich, poor] = [`${user}-rich`, `${user}-poor`];
  await call('PUT', rich, { name: 'Rich', spending_limit: 10_000 });
  await call('PUT', poor, { name: 'Poor', spending_limit: 70 });
  const ids = Array.from({ length: 60 }, (_, n) => `${saga}-${n}`);
  const data = (n: number) => ({ user_id: n % 2 === 0 ? rich : poor, amount_minor: 10_00, currency: 'USD' });
  await Promise.all(ids.map((id, n) => topics.command(command('hold-limit', { saga_id: id, data: data(n) }))));
  const answered = () => ids.filter((id) => replies(id).length > 0).length;
  await expect.poll(answered, { ...WITHIN, interval: 5 }).toBeGreaterThan(0);
  await service.kill();
  expect(answered(), 'the kill came in the middle').toBeLessThan(ids.length);
  await service.restart();
  await expect.poll(answered, { ...WITHIN, timeout: 40_000 }).toBe(ids.length);
  const done = ids.filter((id) => replies(id).join() === 'hold-limit#1 done');
  const rejected = ids.filter((id) => replies(id).join() === 'hold-limit#1 rejected');
  expect([done.length, rejected.length]).toEqual([37, 23]);
  expect([await spentOf(rich), await spentOf(poor)]).toEqual([300, 70]);
  for (const [id, count] of [
    [rich, 31],
    [poor, 31],
  ] as const) {
    await expect
      .poll(() => events(id).map(({ version }) => Number(version)), WITHIN)
      .toEqual(Array.from({ length: count }, (_, n) => n + 1));
  }
});

it('ends in order when it is asked to', async () => {
  expect(await service.stop()).toBe(0);
  await service.restart();
});
