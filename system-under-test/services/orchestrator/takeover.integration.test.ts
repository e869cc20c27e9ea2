import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { commandsTopic, eventsTopic, PARTICIPANTS } from '#sut/contract/topics.ts';
import { provisionDatabases } from '#sut/environment/servers/provision-databases.ts';
import { provisionTopics } from '#sut/environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { readTopics } from '#sut/platform/testing/read-topics.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { sleep } from '#sut/platform/time/sleep.ts';
import { SAGA_DEFINITIONS } from './definitions/saga-definitions.ts';
import { Participants } from './testing/participants.ts';

const KILLS = 4;
const PATIENCE = new AbortController().signal;
/** A dead member leaves its consumer group after 6 s; the rest is rebalancing on a busy machine. */
const TAKEOVER_MAX_MS = 20_000;
const startedSchema = z.object({ saga_id: z.string(), payment_id: z.string() });

const resources = new AsyncDisposableStack();
let kafka: StartedServer;
let databaseUrl: string;
let database: pg.Client;

beforeAll(async () => {
  const [broker, postgres] = await Promise.all([startServer('kafka'), startServer('postgres')]);
  kafka = resources.use(broker);
  resources.use(postgres);
  const signal = AbortSignal.timeout(60_000);
  await Promise.all([provisionTopics(kafka.port, signal), provisionDatabases(postgres.port, signal)]);
  databaseUrl = `postgres://shop@127.0.0.1:${postgres.port}/${STORES.orchestrator.database}`;
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  resources.defer(() => database.end());
});
afterAll(() => resources.disposeAsync());

const startOrchestrator = async (instance: string): Promise<StartedService> =>
  resources.use(
    await startService('orchestrator', {
      [SETTINGS.instance]: instance,
      [SETTINGS.postgresUrl]: databaseUrl,
      [SETTINGS.kafkaBrokers]: kafka.url,
      [SETTINGS.logLevel]: 'error',
    }),
  );

const query = async <Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> =>
  (await database.query<Row>(text)).rows;

/** Asks one orchestrator, then the other, until one answers: the key makes it one payment. */
async function pay(orchestrators: readonly StartedService[], key: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const target = orchestrators[tries % orchestrators.length];
    const answer = await fetch(`${target?.url}/saga/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ amount: 10, user_id: 'u1' }),
      signal: AbortSignal.timeout(3_000),
    }).catch(() => undefined);
    if (answer?.status === 201) return startedSchema.parse(await answer.json()).saga_id;
    await sleep(100, PATIENCE);
  }
  throw new Error(`nobody took payment ${key}`);
}

/** How long it took after the kill until all sagas that were under way had moved, by the database's clock. */
async function whenAllMoved(): Promise<number> {
  const [start] = await query<{ at: string }>('select clock_timestamp()::text as at');
  const underWay = await query<{ id: string; version: number }>(
    `select id, version from sagas where state in ('RUNNING', 'COMPENSATING')`,
  );
  const before = new Map(underWay.map(({ id, version }) => [id, version]));
  const unmoved = async () => {
    const rows = await query<{ id: string; version: number }>('select id, version from sagas');
    return rows.filter(({ id, version }) => before.get(id) === version).length;
  };
  await expect.poll(unmoved, { timeout: 60_000, interval: 50 }).toBe(0);
  const [end] = await query<{ ms: number }>(
    `select (extract(epoch from clock_timestamp() - '${start?.at}'::timestamptz) * 1000)::int as ms`,
  );
  return end?.ms ?? Number.NaN;
}

it('two orchestrators bring every saga to its end, although each is killed in turn', async () => {
  const decided = new Map<string, 'done' | 'rejected'>();
  const shop = resources.use(
    await Participants.connect(kafka.url, async (command) => {
      await sleep(20 + Math.random() * 100, PATIENCE);
      const isRefused = command.action === 'charge' && command.saga_id.endsWith('3');
      const outcome = decided.get(command.idempotency_key) ?? (isRefused ? 'rejected' : 'done');
      decided.set(command.idempotency_key, outcome);
      return outcome;
    }),
  );
  const orchestrators = [await startOrchestrator('orchestrator-1'), await startOrchestrator('orchestrator-2')];

  const stop = new AbortController();
  const orders: string[] = [];
  const payments: string[] = [];
  const load = [
    (async () => {
      while (!stop.signal.aborted) {
        const sagaId = `saga-${orders.length}`;
        orders.push(sagaId);
        await shop.placeOrder(sagaId, orders.length % 2 ? { redeem_points: 100 } : {});
        await sleep(60, stop.signal);
      }
    })(),
    (async () => {
      while (!stop.signal.aborted) {
        payments.push(await pay(orchestrators, `key-${payments.length}`));
        await sleep(200, stop.signal);
      }
    })(),
  ];

  const takeoversMs: number[] = [];
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const underWay = () => query(`select id from sagas where state = 'RUNNING'`);
      await expect.poll(async () => (await underWay()).length, { timeout: 60_000 }).toBeGreaterThan(2);
      const victim = orchestrators[kill % 2];
      await victim?.kill();
      takeoversMs.push(await whenAllMoved());
      await victim?.restart();
    }
  } finally {
    stop.abort();
    await Promise.all(load);
  }
  process.stdout.write(`${orders.length} orders, ${payments.length} payments; taken over after ${takeoversMs} ms\n`);
  expect(Math.max(...takeoversMs)).toBeLessThan(TAKEOVER_MAX_MS);

  const open = () => query(`select id, state, step from sagas where state in ('RUNNING', 'COMPENSATING')`);
  await expect.poll(open, { timeout: 60_000 }).toEqual([]);
  const sagas = await query<{ id: string; state: string; type: string; data: { redeem_points?: number } }>(
    'select id, state, type, data from sagas',
  );
  expect(sagas.map(({ id }) => id).sort()).toEqual([...orders, ...payments].sort());
  expect(new Set(payments).size).toBe(payments.length);
  for (const { id, state } of sagas) expect([id, state]).toEqual([id, id.match(/^saga-\d*3$/) ? 'COMPENSATED' : state]);
  expect(sagas.filter(({ id, state }) => orders.includes(id) && state === 'COMPLETED').length).toBeGreaterThan(0);
  await expectOneSetOfCommands(shop, sagas);
  await expectLegalProvenance();
  await expectEachEventOnce();
  for (const orchestrator of orchestrators) expect(await orchestrator.stop()).toBe(0);
}, 400_000);

/** Each command under one key, its attempts counted without a gap, none sent twice; the steps of the definition and no others. */
async function expectOneSetOfCommands(
  shop: Participants,
  sagas: readonly { id: string; state: string; type: string; data: { redeem_points?: number } }[],
): Promise<void> {
  const bySaga = Map.groupBy(shop.commands, (command) => command.saga_id);
  for (const { id, state, type, data } of sagas) {
    const commands = bySaga.get(id) ?? [];
    for (const [key, attempts] of Map.groupBy(commands, (command) => command.idempotency_key)) {
      const numbers = [...new Set(attempts.map((command) => command.attempt))].sort((a, b) => a - b);
      expect([key, numbers]).toEqual([key, numbers.map((_, index) => index + 1)]);
      expect(new Set(attempts.map((c) => `${id}:${c.step}:${c.action}`))).toEqual(new Set([key]));
    }
    if (state !== 'COMPLETED') continue;
    const steps = SAGA_DEFINITIONS.find((definition) => definition.id === type)?.steps ?? [];
    const expected = steps.filter((step) => step.when === undefined || (data.redeem_points ?? 0) > 0);
    expect([...new Set(commands.map((command) => command.step))]).toEqual(expected.map((step) => step.id));
  }
}

async function expectLegalProvenance(): Promise<void> {
  const rows = await query<{ saga_id: string; seq: number; from_state: string; to_state: string }>(
    'select saga_id, seq, from_state, to_state from saga_transitions order by saga_id, seq',
  );
  const legal = new Set([
    ...['>RUNNING', 'RUNNING>RUNNING', 'RUNNING>COMPENSATING', 'RUNNING>COMPLETED', 'COMPENSATING>COMPENSATING'],
    ...['COMPENSATING>COMPENSATED', 'COMPLETED>COMPLETED', 'COMPENSATED>COMPENSATED'],
  ]);
  for (const [, transitions] of Map.groupBy(rows, (row) => row.saga_id)) {
    expect(transitions.map(({ seq }) => seq)).toEqual(transitions.map((_, index) => index + 1));
    let previous = '';
    for (const { from_state, to_state } of transitions) {
      expect(from_state).toBe(previous);
      expect(legal).toContain(`${from_state}>${to_state}`);
      previous = to_state;
    }
  }
  // Every cause was handled exactly once, and every message that was sent is named by exactly one transition.
  expect(
    await query(
      `select cause_id, count(*) from saga_transitions where cause_id <> '' group by cause_id having count(*) > 1
         or not exists (select from inbox where message_id = cause_id)`,
    ),
  ).toEqual([]);
  expect(
    await query(
      `select o.id from outbox_events o left join saga_transitions t on o.id = any (t.event_ids)
       group by o.id having count(t.seq) <> 1`,
    ),
  ).toEqual([]);
}

async function expectEachEventOnce(): Promise<void> {
  const pending = () => query('select id from outbox_events where processed_at is null');
  await expect.poll(pending, { timeout: 20_000 }).toEqual([]);
  const rows = await query<{ id: string }>('select id from outbox_events');
  const topics = [eventsTopic('orchestrator'), ...PARTICIPANTS.map(commandsTopic)];
  const published = async () => (await readTopics(kafka.url, topics)).map(({ id }) => id).sort();
  await expect.poll(published, { timeout: 20_000 }).toEqual(rows.map(({ id }) => id).sort());
  for (const [, group] of Map.groupBy(await readTopics(kafka.url, topics), (m) => `${m.topic} ${m.aggregateId}`)) {
    expect(group.map(({ version }) => version)).toEqual(group.map((_, index) => index + 1));
  }
}
