import type pg from 'pg';
import { StoreUnavailableError } from '../store-errors.ts';
import { meaningOf } from './classify-error.ts';
import { discard } from './pool-settings.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Opens or reuses a connection; rejects with `StoreUnavailableError`. */
export type Connect = () => Promise<pg.PoolClient>;

/** Runs `use` with a connection and gives it back on all paths: to the pool when it is sound, else closed. */
export async function withConnection<R>(connect: Connect, use: (client: pg.PoolClient) => Promise<R>): Promise<R> {
  const client = await connect();
  try {
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    if (meaningOf(error) !== 'unavailable') {
      client.release();
      throw error;
    }
    discard(client, asError(error));
    throw unavailable(error);
  }
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export function unavailable(cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(`database unavailable: ${asError(cause).message}`, { cause });
}
