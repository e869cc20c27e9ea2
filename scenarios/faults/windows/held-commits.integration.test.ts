import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { HeldCommits } from './held-commits.ts';

const DATABASE = 'postgres';
const signal = AbortSignal.timeout(180_000);
const resources = new AsyncDisposableStack();
let server: StartedServer;
beforeAll(async () => {
  server = resources.use(await startServer('postgres'));
  await using owner = await connect();
  await owner.query(
    'create table outbox_events (id text primary key); create table commit_markers (id uuid primary key)',
  );
});
beforeEach(async () => {
  await using owner = await connect();
  await owner.query('truncate outbox_events, commit_markers');
});
afterAll(() => resources.disposeAsync());

async function connect() {
  const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'shop', database: DATABASE });
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, {
    [Symbol.asyncDispose]: async (): Promise<void> => void client.connection.stream.destroy(),
  });
}

const hold = (abort = signal) => HeldCommits.begin({ port: server.port, database: DATABASE }, abort);

/** As a service commits: its rows, its outbox row, and the marker in one message with the commit. */
async function beginCommit({ withOutboxRow }: { readonly withOutboxRow: boolean }) {
  const client = await connect();
  const marker = randomUUID();
  await client.query('begin');
  if (withOutboxRow) await client.query('insert into outbox_events values ($1)', [marker]);
  const committed = client.query(`insert into commit_markers (id) values ('${marker}'); commit`);
  committed.catch(() => undefined);
  return { marker, committed, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

async function rowsOf(table: string): Promise<readonly string[]> {
  await using reader = await connect();
  return (await reader.query<{ id: string }>(`select id from ${table}`)).rows.map(({ id }) => id);
}

test('a transaction stands before its commit for as long as commits are held up, and shows its marker', async () => {
  await using held = await hold();
  await using transaction = await beginCommit({ withOutboxRow: true });
  await using _without = await beginCommit({ withOutboxRow: false });
  await expect.poll(async () => (await held.waiting()).map(({ marker }) => marker)).toEqual([transaction.marker]);
  expect(await rowsOf('outbox_events')).toEqual([]);
  await held[Symbol.asyncDispose]();
  await transaction.committed;
  expect(await rowsOf('outbox_events')).toEqual([transaction.marker]);
});

test('a transaction that has committed is never taken for one that waits, however busy its connection is', async () => {
  await using reader = await connect();
  const over = new AbortController();
  const busy = Array.from({ length: 6 }, async () => {
    await using client = await connect();
    while (!over.signal.aborted) {
      const marker = randomUUID();
      await client.query(`begin; insert into outbox_events values ('${marker}')`);
      await client.query(`insert into commit_markers (id) values ('${marker}'); commit`);
    }
  });
  const committed: string[] = [];
  let seen = 0;
  for (let round = 0; round < 300; round += 1) {
    await using held = await hold();
    const waiting = await held.waiting();
    seen += waiting.length;
    const markers = waiting.map(({ marker }) => marker);
    const found = await reader.query<{ id: string }>('select id from commit_markers where id = any ($1)', [markers]);
    committed.push(...found.rows.map(({ id }) => id));
  }
  over.abort();
  await Promise.all(busy);
  expect(seen).toBeGreaterThan(0);
  expect(committed).toEqual([]);
});

test('an abort lets commits go on', async () => {
  const abort = new AbortController();
  await using held = await hold(abort.signal);
  await using transaction = await beginCommit({ withOutboxRow: true });
  await expect.poll(async () => (await held.waiting()).length).toBe(1);
  abort.abort(new Error('interrupted'));
  await transaction.committed;
  expect(await rowsOf('commit_markers')).toEqual([transaction.marker]);
  await expect(hold(abort.signal)).rejects.toThrow('interrupted');
});

test('what waited when the server was killed has never committed', async () => {
  await using held = await hold();
  await using transaction = await beginCommit({ withOutboxRow: true });
  await expect.poll(async () => (await held.waiting()).length).toBe(1);
  await server.restart();
  await expect(transaction.committed).rejects.toThrow();
  expect([...(await rowsOf('outbox_events')), ...(await rowsOf('commit_markers'))]).toEqual([]);
});
