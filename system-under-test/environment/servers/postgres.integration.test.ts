import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startServer } from '../testing/start-server.ts';
import { POSTGRES_SERVER } from './postgres.ts';
import { provisionDatabases, resetPostgresDatabases } from './provision-databases.ts';

const soon = () => AbortSignal.timeout(30_000);

async function query(port: number, text: string, database = 'orders'): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(POSTGRES_SERVER.url(port, database));
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('databases belong to the role of the services, commits survive kill -9, a reset empties them', async () => {
  await using postgres = await startServer('postgres');
  const { port } = postgres;
  await provisionDatabases(port, soon());
  await provisionDatabases(port, soon());
  const owners = 'select datname, pg_get_userbyid(datdba) as owner from pg_database where not datistemplate order by 1';
  expect(await query(port, owners)).toEqual(
    ['events', 'orders', 'payments', 'postgres', 'sagas', 'users'].map((datname) => ({ datname, owner: 'shop' })),
  );
  expect(await query(port, 'show fsync')).toEqual([{ fsync: 'on' }]);
  await query(port, 'create table t as select 1 as n');

  await postgres.restart();
  expect(await query(port, 'select n from t')).toEqual([{ n: 1 }]);

  await resetPostgresDatabases(port, soon());
  await expect(query(port, 'select n from t')).rejects.toThrow('does not exist');
});

test('a restart succeeds although a paused child of the killed server still holds its memory', async () => {
  await using postgres = await startServer('postgres');
  const children = await readFile(`/proc/${postgres.pid}/task/${postgres.pid}/children`, 'utf8');
  const child = Number(children.trim().split(' ')[0]);
  expect(child).toBeGreaterThan(0);
  process.kill(child, 'SIGSTOP');
  await postgres.restart();
  expect(await query(postgres.port, 'select 1 as n', 'postgres')).toEqual([{ n: 1 }]);
});

test('a reset ends sessions that are still open', async () => {
  await using postgres = await startServer('postgres');
  await provisionDatabases(postgres.port, soon());
  const client = new pg.Client(POSTGRES_SERVER.url(postgres.port, 'orders'));
  const ended = new Promise<string>((resolve) => client.on('error', (error) => resolve(error.message)));
  await client.connect();
  await resetPostgresDatabases(postgres.port, soon());
  expect(await ended).toMatch(/terminat/i);
});
