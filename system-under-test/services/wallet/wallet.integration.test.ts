import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { startServer } from '#sut/environment/testing/start-server.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import type { IncomingMessage } from '#sut/platform/store.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { TopicClient } from '#sut/platform/testing/topic-client.ts';
import { walletCommands } from './commands.ts';
import { createWalletSchema, entriesOf, operationsOf, walletsOf } from './store/wallet-collections.ts';

const REPLIES = 'wallet.replies';
const EVENTS = 'wallet.events';
const WITHIN = { timeout: 20_000, interval: 20 };

const held = new AsyncDisposableStack();
let service: StartedService;
let topics: TopicClient;
let database: MongoStore;
let user: string;
let saga: string;
let tests = 0;

beforeAll(async () => {
  const [kafka, mongodb, redis] = await Promise.all([
    startServer('kafka'),
    startServer('mongodb'),
    startServer('redis'),
  ]);
  for (const server of [kafka, mongodb, redis]) held.use(server);
  topics = held.use(await TopicClient.connect(kafka.url, [REPLIES, EVENTS]));
  const options = { url: mongodb.url, database: STORES.wallet.database, schema: createWalletSchema };
  database = held.use(new MongoStore({ ...options, service: 'wallet-test' }));
  service = held.use(
    await startService('wallet', {
      [SETTINGS.mongodbUrl]: mongodb.url,
      [SETTINGS.kafkaBrokers]: kafka.url,
      [SETTINGS.redisUrl]: redis.url,
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

const command = (action: string, data: Record<string, unknown>, changes: Partial<Command> = {}): Command => ({
  saga_id: saga,
  order_id: `order-of-${changes.saga_id ?? saga}`,
  step: action,
  participant: 'wallet',
  action,
  attempt: 1,
  idempotency_key: `${changes.saga_id ?? saga}:${action}`,
  data: { user_id: user, ...data },
  ...changes,
});
const redeem = (points: number, changes?: Partial<Command>) =>
  command('redeem-points', { redeem_points: points }, changes);
const giveBack = (changes?: Partial<Command>) => command('give-back-points', {}, { data: {}, ...changes });
const credit = (points: number, changes?: Partial<Command>) =>
  command('credit-points', { earned_points: points }, changes);
const topUp = (amountMinor: number, changes?: Partial<Command>) =>
  command('top-up', { amount_minor: amountMinor, currency: 'USD' }, changes);

const replies = (sagaId = saga) =>
  topics.seen(REPLIES, sagaId).map(({ payload }) => `${payload.action}#${payload.attempt} ${payload.outcome}`);
const events = (id = user) => topics.seen(EVENTS).filter(({ headers }) => headers['aggregate-id'] === id);
const eventTypes = (id = user) => events(id).map(({ headers }) => `${headers.type} ${headers.version}`);

interface Answer {
  readonly status: number;
  readonly body: {
    readonly points: number;
    readonly entry: { readonly id: string };
    readonly entries: readonly { readonly kind: string; readonly points: number; readonly balance: number }[];
    readonly details: readonly { readonly field: string }[];
  };
}

async function call(method: string, path: string, body?: Record<string, unknown>, key?: string): Promise<Answer> {
  const answer = await fetch(`${service.url}/wallets/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const grant = (body: Record<string, unknown>, key = 'first') => call('POST', `${user}/grants`, body, key);
const walletOf = async (id = user) => (await call('GET', id)).body;
const linesOf = async (id = user) =>
  (await call('GET', `${id}/entries`)).body.entries.map(({ kind, points, balance }) => `${kind} ${points} ${balance}`);

/** What the judge checks: a wallet is the sum of its entries, and its version counts its events. */
async function expectSound(id = user): Promise<void> {
  const wallet = await walletsOf(database.db).findOne({ _id: id });
  const entries = await entriesOf(database.db).find({ user_id: id }).toArray();
  expect(wallet?.points).toBe(entries.reduce((sum, entry) => sum + entry.points, 0));
  expect(wallet?.balance_minor).toBe(entries.reduce((sum, entry) => sum + entry.balance_minor, 0));
  const told = await database.db.collection('outbox_events').countDocuments({ topic: EVENTS, aggregate_id: id });
  expect(wallet?.version).toBe(told);
}

describe('grants', () => {
  it('make a wallet, once per key, however often and at once they are sent', async () => {
    expect((await call('GET', user)).status).toBe(404);
    expect(await linesOf()).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => grant({ points: 100, balance: 19.99 })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await walletOf()).toEqual({ user_id: user, points: 100, balance: 19.99, frozen: false, version: 1 });
    expect((await grant({ points: 101, balance: 19.99 })).status).toBe(422);
    expect((await grant({ points: 5 }, 'second')).status).toBe(201);
    expect(await linesOf()).toEqual(['grant 100 19.99', 'grant 5 0']);
    expect((await call('GET', `${user}/entries?after=1&limit=1`)).body.entries).toMatchObject([{ points: 5 }]);
    await expect.poll(() => eventTypes(), WITHIN).toEqual(['wallet.granted 1', 'wallet.granted 2']);
    expect(events().at(-1)?.payload).toMatchObject({ points: 105, balance_minor: 1_999, points_change: 5 });
    await expectSound();
  });

  it('are refused without a key or with fields that are wrong, and leave nothing', async () => {
    const without = await call('POST', `${user}/grants`, { points: 1 });
    expect([without.status, without.body.details.map(({ field }) => field)]).toEqual([400, ['idempotency-key']]);
    expect((await grant({ points: -1, balance: 0.001 })).body.details.map(({ field }) => field)).toEqual([
      'points',
      'balance',
    ]);
    expect((await grant({})).status).toBe(400);
    expect((await call('GET', user)).status).toBe(404);
  });
});

describe('commands of a saga', () => {
  it('redeem, give back, once however often they come, and do nothing after that', async () => {
    await grant({ points: 30 });
    const first = await topics.command(redeem(20));
    await topics.command(redeem(20), first);
    await topics.command(redeem(20, { attempt: 2 }));
    await expect.poll(() => replies(), WITHIN).toEqual(['redeem-points#1 done', 'redeem-points#2 done']);
    expect(topics.seen(REPLIES, saga)[0]?.headers['cause-id']).toBe(first);
    expect((await walletOf()).points).toBe(10);
    await topics.command(giveBack());
    await topics.command(giveBack({ attempt: 2 }));
    await topics.command(redeem(20, { attempt: 3 }));
    await expect
      .poll(() => replies().slice(2), WITHIN)
      .toEqual(['give-back-points#1 done', 'give-back-points#2 done', 'redeem-points#3 rejected']);
    expect(await linesOf()).toEqual(['grant 30 0', 'redeem -20 0', 'give-back 20 0']);
    await expect
      .poll(() => eventTypes(), WITHIN)
      .toEqual(['wallet.granted 1', 'wallet.points-redeemed 2', 'wallet.points-given-back 3']);
    expect(events()[1]?.headers).toMatchObject({ 'user-id': user, 'saga-id': saga, 'order-id': `order-of-${saga}` });
    await expectSound();
  });

  it('redeem nothing when there is too little, and say so again when there is enough', async () => {
    await topics.command(redeem(1));
    await expect.poll(() => replies(), WITHIN).toEqual(['redeem-points#1 rejected']);
    expect((await call('GET', user)).status).toBe(404);
    await grant({ points: 10 });
    await topics.command(redeem(1, { attempt: 2 }));
    await expect.poll(() => replies().slice(1), WITHIN).toEqual(['redeem-points#2 rejected']);
    for (const { payload } of topics.seen(REPLIES, saga)) {
      expect(payload).toMatchObject({
        reason: 'too few points',
        data: { available_points: 0, requested_points: 1 },
      });
    }
    expect(await linesOf()).toEqual(['grant 10 0']);
  });

  it('redeem nothing after their compensation', async () => {
    await grant({ points: 10 });
    await topics.command(giveBack());
    await topics.command(redeem(1));
    await expect.poll(() => replies(), WITHIN).toEqual(['give-back-points#1 done', 'redeem-points#1 rejected']);
    expect((await walletOf()).points).toBe(10);
  });

  it('credit and top up a wallet that they make, and write nothing for nothing', async () => {
    await topics.command(credit(0, { saga_id: `${saga}-0` }));
    await expect.poll(() => replies(`${saga}-0`), WITHIN).toEqual(['credit-points#1 done']);
    expect((await call('GET', user)).status).toBe(404);
    await topics.command(credit(7));
    await topics.command(topUp(19_99));
    await topics.command(credit(7, { attempt: 2 }));
    await topics.command(topUp(19_99, { attempt: 2 }));
    await expect
      .poll(() => replies(), WITHIN)
      .toEqual([...['credit-points#1 done', 'top-up#1 done'], ...['credit-points#2 done', 'top-up#2 done']]);
    expect(await linesOf()).toEqual(['earn 7 0', 'top-up 0 19.99']);
    await expectSound();
  });

  it('are refused by a frozen wallet where they may be, and not otherwise', async () => {
    await grant({ points: 10 });
    await topics.command(redeem(4, { saga_id: `${saga}-0` }));
    await expect.poll(() => replies(`${saga}-0`), WITHIN).toEqual(['redeem-points#1 done']);
    const frozen = await call('PUT', `${user}/frozen`, { frozen: true });
    expect(frozen).toMatchObject({ status: 200, body: { frozen: true, points: 6, version: 3 } });
    expect(await call('PUT', `${user}/frozen`, { frozen: true })).toEqual(frozen);
    await topics.command(redeem(1));
    await topics.command(topUp(5));
    await topics.command(credit(1));
    await topics.command(giveBack({ saga_id: `${saga}-0` }));
    await expect
      .poll(() => replies(), WITHIN)
      .toEqual(['redeem-points#1 rejected', 'top-up#1 rejected', 'credit-points#1 done']);
    await expect.poll(() => replies(`${saga}-0`).slice(1), WITHIN).toEqual(['give-back-points#1 done']);
    expect(await call('PUT', `${user}/frozen`, { frozen: false })).toMatchObject({
      body: { frozen: false, points: 11, balance: 0 },
    });
    // Thawed or not: the same command, the same answer.
    await topics.command(topUp(5, { attempt: 2 }));
    await expect.poll(() => replies().slice(3), WITHIN).toEqual(['top-up#2 rejected']);
    await expectSound();
  });
});

/** Commands straight into the store, as many consumers at once would hand them over in the middle of a rebalance. */
async function handle(asked: Command, id: string): Promise<string> {
  const message: IncomingMessage = {
    ...{ id, topic: 'wallet.commands', type: `wallet.${asked.action}`, aggregateId: asked.saga_id, version: 1 },
    ...{ sagaId: asked.saga_id, orderId: asked.order_id, payload: asked, traceparent: undefined },
    record: { partition: 0, offset: '0', headers: {} },
  };
  const handler = walletCommands({ nowMs: Date.now }).handlers['*'];
  if (handler === undefined) throw new Error('nobody listens');
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.handleOnce(message, (unit) => handler.run(unit, message));
    } catch (error) {
      // As the inbox does.
      if (tries === 10) throw error;
    }
  }
}

describe('at the same time', () => {
  it('20 redemptions of points for 5 never take more', async () => {
    await grant({ points: 50 });
    const ids = Array.from({ length: 20 }, (_, n) => `${saga}-${n}`);
    const outcomes = await Promise.all(ids.map((id) => handle(redeem(10, { saga_id: id }), id)));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'rejected')).toHaveLength(15);
    expect((await walletOf()).points).toBe(0);
    await expectSound();
  });

  it('a redemption, its repeat and its compensation take nothing', async () => {
    await grant({ points: 1_000 });
    const ids = Array.from({ length: 10 }, (_, n) => `${saga}-${n}`);
    await Promise.all(
      ids.flatMap((id, n) => {
        const sent = [
          () => handle(redeem(10, { saga_id: id }), `${id}-1`),
          () => handle(redeem(10, { saga_id: id, attempt: 2 }), `${id}-2`),
          () => handle(giveBack({ saga_id: id }), `${id}-3`),
        ];
        return (n % 2 === 0 ? sent : sent.toReversed()).map((send) => send());
      }),
    );
    expect(await operationsOf(database.db).countDocuments({ saga_id: { $in: ids }, status: 'UNDONE' })).toBe(10);
    expect((await walletOf()).points).toBe(1_000);
    await expectSound();
  });

  it('first credits of one new wallet all arrive', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `${saga}-${n}`);
    await Promise.all(ids.map((id, n) => handle(n % 2 ? credit(3, { saga_id: id }) : topUp(3, { saga_id: id }), id)));
    expect(await walletOf()).toMatchObject({ points: 15, balance: 0.15, version: 10 });
    await expectSound();
  });

  it('nothing overdraws a wallet, not even by hand', async () => {
    await grant({ points: 1 });
    const overdraw = walletsOf(database.db).updateOne({ _id: user }, { $inc: { points: -2 } });
    await expect(overdraw).rejects.toThrow(/validation/);
  });
});

it('changes each once and answers each once when it is killed in the middle of many', async () => {
  await grant({ points: 150 });
  const ids = Array.from({ length: 60 }, (_, n) => `${saga}-${n}`);
  const commandOf = (id: string, n: number): Command =>
    n % 2 === 0 ? redeem(10, { saga_id: id }) : topUp(10, { saga_id: id });
  await Promise.all(ids.map((id, n) => topics.command(commandOf(id, n))));
  const answered = () => ids.filter((id) => replies(id).length > 0).length;
  await expect.poll(answered, { ...WITHIN, interval: 5 }).toBeGreaterThan(0);
  await service.kill();
  expect(answered(), 'the kill came in the middle').toBeLessThan(ids.length);
  await service.restart();
  await expect.poll(answered, { ...WITHIN, timeout: 40_000 }).toBe(ids.length);
  const answers = ids.map((id) => replies(id).join());
  const count = (answer: string) => answers.filter((candidate) => candidate === answer).length;
  expect([count('redeem-points#1 done'), count('redeem-points#1 rejected'), count('top-up#1 done')]).toEqual([
    15, 15, 30,
  ]);
  expect(await walletOf()).toMatchObject({ points: 0, balance: 3, version: 46 });
  await expectSound();
  await expect
    .poll(() => events().map(({ headers }) => Number(headers.version)), WITHIN)
    .toEqual(Array.from({ length: 46 }, (_, n) => n + 1));
});

it('ends in order when it is asked to', async () => {
  expect(await service.stop()).toBe(0);
  await service.restart();
});
