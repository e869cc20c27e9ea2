import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, commandSchema, HEADERS } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { freePort } from '#sut/environment/servers/free-port.ts';
import { provisionDatabases } from '#sut/environment/servers/provision-databases.ts';
import { provisionTopics } from '#sut/environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ORDERS = 6;
const resources = new AsyncDisposableStack();
let kafkaServer: StartedServer;
let postgres: StartedServer;
let kafka: Kafka;

beforeAll(async () => {
  [kafkaServer, postgres] = await Promise.all([startServer('kafka'), startServer('postgres')]);
  resources.use(kafkaServer);
  resources.use(postgres);
  const signal = AbortSignal.timeout(60_000);
  await Promise.all([provisionTopics(kafkaServer.port, signal), provisionDatabases(postgres.port, signal)]);
  kafka = new Kafka({ brokers: [kafkaServer.url], logLevel: logLevel.NOTHING });
});
afterAll(() => resources.disposeAsync());

/** The real process; ends with the test at the latest. */
function startOrchestrator(port: number): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      [SETTINGS.instance]: 'orchestrator-1',
      [SETTINGS.port]: String(port),
      [SETTINGS.postgresUrl]: `postgres://shop@127.0.0.1:${postgres.port}/${STORES.orchestrator.database}`,
      [SETTINGS.kafkaBrokers]: kafkaServer.url,
      [SETTINGS.stepTimeoutMs]: '30000',
      [SETTINGS.logLevel]: 'error',
    },
    stdio: 'inherit',
  });
  resources.defer(async () => {
    await kill(child, 'SIGKILL');
  });
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}

/** All participants in one: remembers commands, and answers those that it is allowed to. */
async function startParticipants(isAnswered: (command: Command) => boolean) {
  const producer = kafka.producer({ maxInFlightRequests: 1 });
  await producer.connect();
  resources.defer(() => producer.disconnect());
  const send = (topic: string, type: string, sagaId: string, payload: Record<string, unknown>) =>
    producer.send({
      topic,
      messages: [
        {
          key: `${sagaId}:1`,
          value: JSON.stringify({ saga_id: sagaId, order_id: `order-of-${sagaId}`, ...payload }),
          headers: {
            [HEADERS.messageId]: randomUUID(),
            [HEADERS.type]: type,
            [HEADERS.aggregateId]: sagaId,
            [HEADERS.version]: '1',
            [HEADERS.sagaId]: sagaId,
          },
        },
      ],
    });
  const commands: Command[] = [];
  const answer = async ({ saga_id: sagaId, participant, action, step, attempt }: Command): Promise<void> => {
    const payload = { participant, action, step, attempt, outcome: 'done' };
    await send(repliesTopic(participant), `${participant}.${action}.done`, sagaId, payload);
  };
  const consumer = kafka.consumer({ groupId: 'participants', maxWaitTimeInMs: 50 });
  await consumer.connect();
  resources.defer(() => consumer.disconnect());
  await consumer.subscribe({ topics: PARTICIPANTS.map(commandsTopic), fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const command = commandSchema.parse(JSON.parse(String(message.value)));
      commands.push(command);
      if (isAnswered(command)) await answer(command);
    },
  });
  return { send, answer, commands };
}

async function sagaEvents(expected: number): Promise<readonly string[]> {
  const consumer = kafka.consumer({ groupId: 'observer', maxWaitTimeInMs: 50 });
  await consumer.connect();
  try {
    const seen: string[] = [];
    await consumer.subscribe({ topics: [eventsTopic('orchestrator')], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(`${message.key} ${message.headers?.[HEADERS.type]}`);
      },
    });
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(expected);
    return seen;
  } finally {
    await consumer.disconnect();
  }
}

it('finishes every saga after kill -9 in the middle, each event once', async () => {
  let isPaymentAway = true;
  const shop = await startParticipants((command) => !(isPaymentAway && command.participant === 'payment'));
  const port = await freePort();
  const first = startOrchestrator(port);
  const sagaIds = Array.from({ length: ORDERS }, (_, index) => `saga-${index}`);
  const items = [{ product_id: 'p1', quantity: 1, price_minor: 500 }];
  const order = { user_id: 'u1', items, total_minor: 500, currency: 'USD', card: 'card-ok' };
  for (const sagaId of sagaIds) await shop.send(eventsTopic('order'), 'order.created', sagaId, order);
  const charges = (): readonly Command[] => shop.commands.filter((command) => command.action === 'charge');
  await expect.poll(() => charges().length, { timeout: 60_000 }).toBe(ORDERS);

  await kill(first, 'SIGKILL');
  isPaymentAway = false;
  // The answers arrive while nobody is there to hear them.
  for (const charge of charges()) await shop.answer(charge);
  const second = startOrchestrator(port);

  const client = new pg.Client({ connectionString: `postgres://shop@127.0.0.1:${postgres.port}/sagas` });
  await client.connect();
  resources.defer(() => client.end());
  const states = async () => (await client.query('select distinct state from sagas')).rows;
  await expect.poll(states, { timeout: 60_000 }).toEqual([{ state: 'COMPLETED' }]);
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from saga_transitions t join sagas s on s.id = t.saga_id where t.seq = 6 and s.version = 6 and t.to_state = 'COMPLETED'`,
  );
  expect(Number(rows[0]?.count)).toBe(ORDERS);
  const perStep = Map.groupBy(shop.commands, (command) => command.step);
  for (const commands of perStep.values()) expect(commands).toHaveLength(ORDERS);

  const status = await fetch(`http://127.0.0.1:${port}/saga/status/${sagaIds[0]}`);
  expect(await status.json()).toMatchObject({ saga_id: 'saga-0', state: 'COMPLETED', order_id: 'order-of-saga-0' });
  expect((await fetch(`http://127.0.0.1:${port}/saga/status/nobody`)).status).toBe(404);
  const announced = sagaIds.flatMap((sagaId) => [`${sagaId}:1 saga.started`, `${sagaId}:2 saga.completed`]);
  expect([...(await sagaEvents(2 * ORDERS))].sort()).toEqual(announced.sort());
  expect(await kill(second, 'SIGTERM')).toBe(0);
});
