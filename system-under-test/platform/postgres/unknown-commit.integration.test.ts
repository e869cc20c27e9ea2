import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startServer } from '#sut/environment/testing/start-server.ts';
import { UnknownOutcomeError } from '../store-errors.ts';
import { didCommit } from './unknown-commit.ts';

/** Longer than one look at the marker may take, so that a look that hangs is given up and begun again. */
const READ_BACK_MS = 3_000;

test('what only the primary has is not told as committed before its standby has it', async () => {
  await using server = await startServer('postgres');
  const pool = new pg.Pool({ connectionString: server.url, query_timeout: 1_000 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const connect = () => pool.connect();
  const standby = async (name: string) => {
    await pool.query(`alter system set synchronous_standby_names = '${name}'`);
    await pool.query('select pg_reload_conf()');
    await expect
      .poll(async () => (await pool.query('show synchronous_standby_names')).rows)
      .toEqual([{ synchronous_standby_names: name }]);
  };
  try {
    await pool.query('create table commit_markers (id uuid primary key)');
    await standby('absent');
    const marker = randomUUID();
    const lost = new pg.Client(server.url);
    lost.on('error', () => {});
    await lost.connect();
    const { rows } = await lost.query<{ pid: number }>('select pg_backend_pid() as pid');
    const commit = { marker, backendPid: rows[0]?.pid };
    // Waits for a standby that is not there; the connection breaks meanwhile.
    const committing = lost.query(`begin; insert into commit_markers values ('${marker}'); commit`);
    await expect
      .poll(async () => (await pool.query("select 1 from pg_stat_activity where wait_event = 'SyncRep'")).rowCount)
      .toBe(1);
    lost.connection.stream.destroy();
    await expect(committing).rejects.toThrow();

    await expect(didCommit(connect, commit, READ_BACK_MS)).rejects.toBeInstanceOf(UnknownOutcomeError);
    // Whoever only reads sees it all the same.
    expect((await pool.query('select 1 from commit_markers where id = $1', [marker])).rowCount).toBe(1);
    await standby('');
    expect(await didCommit(connect, commit, READ_BACK_MS)).toBe(true);
    expect(await didCommit(connect, { marker: randomUUID(), backendPid: undefined }, READ_BACK_MS)).toBe(false);
  } finally {
    await pool.end();
  }
});
