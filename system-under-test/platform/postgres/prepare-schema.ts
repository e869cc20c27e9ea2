import { createHash } from 'node:crypto';
import type pg from 'pg';
import { SCHEMA_LOCK } from '#sut/contract/outbox-record.ts';

const LOCK = `select pg_advisory_xact_lock(${SCHEMA_LOCK})`;
const MEMORY = 'create table if not exists prepared_schemas (fingerprint text primary key)';

/**
 * Runs idempotent DDL unless exactly this text was run before: `create index if not exists` locks its table against writers
 * even when there is nothing to create, and so deadlocks with the transactions of another instance that is at work. The
 * advisory lock keeps two instances from creating the same table at once. One transaction; the caller owns the connection.
 */
export async function prepareSchema(client: pg.PoolClient, statements: string): Promise<void> {
  const fingerprint = createHash('sha256').update(statements).digest('hex');
  await client.query('begin');
  try {
    await client.query(LOCK);
    if (!(await isPrepared(client, fingerprint))) {
      // Without parameters, several statements are one query.
      await client.query(`${statements}; ${MEMORY}`);
      await client.query('insert into prepared_schemas (fingerprint) values ($1)', [fingerprint]);
    }
    await client.query('commit');
  } catch (error) {
    // Of a connection that is lost, which is told by the first error.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function isPrepared(client: pg.PoolClient, fingerprint: string): Promise<boolean> {
  const { rows } = await client.query<{ memory: string | null }>(`select to_regclass('prepared_schemas') as memory`);
  if (rows[0]?.memory == null) return false;
  const known = await client.query('select 1 from prepared_schemas where fingerprint = $1', [fingerprint]);
  return known.rowCount === 1;
}
