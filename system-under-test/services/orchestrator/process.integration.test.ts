import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Command } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { provisionDatabases } from '#sut/environment/servers/provision-databases.ts';
import { provisionTopics } from '#sut/environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { readTopics } from '#sut/platform/testing/read-topics.ts';
import { startService } from '#sut/platform/testing/start-service.ts';
import { Participants } from './testing/participants.ts';

const ORDERS = 6;
const resources = new AsyncDisposableStack();
let kafka: StartedServer;
let databaseUrl: string;

beforeAll(async () => {
  const [broker, postgres] = await Promise.all([startServer('kafka'), startServer('postgres')]);
  kafka = resources.use(broker);
  resources.use(postgres);
  const signal = AbortSignal.timeout(60_000);
  await Promise.all([provisionTopics(kafka.port, signal), provisionDatabases(postgres.port, signal)]);
  databaseUrl = `postgres://shop@127.0.0.1:${postgres.port}/${STORES.orchestrator.database}`;
});
afterAll(() => resources.disposeAsync());

it('finishes every saga after kill -9 in the middle, each event once', async () => {
  let isPaymentAway = true;
  const shop = resources.use(
    await Participants.connect(kafka.url, async (command) =>
      isPaymentAway && command.participant === 'payment' ? undefined : 'done',
    ),
  );
  const orchestrator = resources.use(
    await startService('orchestrator', {
      [SETTINGS.instance]: 'orchestrator-1',
      [SETTINGS.postgresUrl]: databaseUrl,
      [SETTINGS.kafkaBrokers]: kafka.url,
      [SETTINGS.stepTimeoutMs]: '30000',
      [SETTINGS.logLevel]: 'error',
    }),
  );
  const sagaIds = Array.from({ length: ORDERS }, (_, index) => `saga-${index}`);
  for (const sagaId of sagaIds) await shop.placeOrder(sagaId);
  const charges = (): readonly Command[] => shop.commands.filter((command) => command.action === 'charge');
  await expect.poll(() => charges().length, { timeout: 60_000 }).toBe(ORDERS);

  await orchestrator.kill();
  isPaymentAway = false;
  // The answers arrive while nobody is there to hear them.
  for (const charge of charges()) await shop.answer(charge);
  await orchestrator.restart();

  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  resources.defer(() => client.end());
  const states = async () => (await client.query('select distinct state from sagas')).rows;
  await expect.poll(states, { timeout: 60_000 }).toEqual([{ state: 'COMPLETED' }]);
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from saga_transitions t join sagas s on s.id = t.saga_id where t.seq = 8 and s.version = 8 and t.to_state = 'COMPLETED'`,
  );
  expect(Number(rows[0]?.count)).toBe(ORDERS);
  const perStep = Map.groupBy(shop.commands, (command) => command.step);
  for (const commands of perStep.values()) expect(commands).toHaveLength(ORDERS);

  const status = await fetch(`${orchestrator.url}/saga/status/${sagaIds[0]}`);
  expect(await status.json()).toMatchObject({ saga_id: 'saga-0', state: 'COMPLETED', order_id: 'order-of-saga-0' });
  expect((await fetch(`${orchestrator.url}/saga/status/nobody`)).status).toBe(404);
  const announced = sagaIds.flatMap((sagaId) => [`${sagaId}:1 saga.started`, `${sagaId}:2 saga.completed`]);
  const seen = async () =>
    (await readTopics(kafka.url, [eventsTopic('orchestrator')]))
      .map(({ aggregateId, version, type }) => `${aggregateId}:${version} ${type}`)
      .sort();
  await expect.poll(seen, { timeout: 20_000 }).toEqual(announced.sort());
});

it('takes a payment as the specification asks for it: curl -d, without a content type', async () => {
  await using orchestrator = await startService('orchestrator', {
    [SETTINGS.instance]: 'orchestrator-1',
    [SETTINGS.postgresUrl]: databaseUrl,
    [SETTINGS.kafkaBrokers]: kafka.url,
    [SETTINGS.logLevel]: 'error',
  });
  const pay = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${orchestrator.url}/saga/payment`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const asSpecified = () => pay('{"amount": 100, "user_id": "user1"}', { 'Idempotency-Key': 'test-123' });
  const first = await asSpecified();
  expect(first).toEqual({ status: 201, body: { saga_id: expect.any(String), payment_id: expect.any(String) } });
  expect(await asSpecified()).toEqual(first);
  expect(await pay('{"amount": 100.5, "user_id": "user1"}', { 'Idempotency-Key': 'test-123' })).toMatchObject({
    status: 422,
  });
  expect(await pay('{"amount": 0, "user_id": "user1"}')).toMatchObject({
    status: 400,
    body: { details: [{ field: 'amount' }] },
  });
  expect((await pay('amount=100&user_id=user1')).status).toBe(400);
  const status = async () => (await fetch(`${orchestrator.url}/saga/status/${first.body.saga_id}`)).json();
  await expect.poll(status, { timeout: 30_000 }).toMatchObject({
    order_id: first.body.payment_id,
    type: 'payment',
    state: 'COMPLETED',
    transitions: [
      { seq: 1, from: '', to: 'RUNNING', step: 'charge', attempt: 1, reason: 'started', cause_id: '' },
      { seq: 2, step: 'top-up' },
      { seq: 3, step: 'notify' },
      { seq: 4, from: 'RUNNING', to: 'COMPLETED', step: 'notify' },
    ],
  });
  const { transitions } = (await status()) as { transitions: { trace_id: string; event_ids: string[] }[] };
  // One trace, from the client's request to the end.
  expect(transitions[0]?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(transitions[0]?.event_ids).toHaveLength(2);
  expect(await orchestrator.stop()).toBe(0);
});
