import type pg from 'pg';
import { z } from 'zod';
import { CHANNELS } from '#sut/contract/command-data.ts';
import { strangerOf, type User } from './domain/user.ts';

/** The check on `spent_minor` is a second lock on the door: whatever the code decides, nobody overspends. */
export const USER_TABLE = `
  create table if not exists users (
    id text primary key,
    name text,
    email text,
    phone text,
    preferred_channel text not null check (preferred_channel in (${CHANNELS.map((name) => `'${name}'`).join(', ')})),
    spending_limit_minor bigint not null,
    spent_minor bigint not null check (spent_minor >= 0 and spent_minor <= spending_limit_minor),
    version int not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
`;

const rowSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    preferred_channel: z.enum(CHANNELS),
    // pg hands bigint over as text, because a double could not hold all of it.
    spending_limit_minor: z.coerce.number().pipe(z.int()),
    spent_minor: z.coerce.number().pipe(z.int()),
    version: z.int(),
  })
  .transform(
    (row): User => ({
      id: row.id,
      name: row.name ?? undefined,
      email: row.email ?? undefined,
      phone: row.phone ?? undefined,
      preferredChannel: row.preferred_channel,
      spendingLimitMinor: row.spending_limit_minor,
      spentMinor: row.spent_minor,
      version: row.version,
    }),
  );

export const SELECT_USER = 'select * from users where id = $1';

/** Reads a row of `users`; throws when it is not one. */
export const toUser = (row: unknown): User => rowSchema.parse(row);

/** The user, locked until the transaction ends: whoever decides on the limit decides alone. */
export async function lockUser(tx: pg.PoolClient, id: string): Promise<User | undefined> {
  const { rows } = await tx.query(`${SELECT_USER} for update`, [id]);
  return rows[0] === undefined ? undefined : toUser(rows[0]);
}

/**
 * The user, locked; a stranger gets their row first. Inserting before looking makes two first transactions of one
 * stranger wait for each other instead of both finding nobody.
 */
export async function lockOrCreateUser(tx: pg.PoolClient, id: string, defaultLimitMinor: number): Promise<User> {
  const stranger = strangerOf(id, defaultLimitMinor);
  await tx.query(
    `insert into users (id, preferred_channel, spending_limit_minor, spent_minor, version)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [id, stranger.preferredChannel, stranger.spendingLimitMinor, stranger.spentMinor, stranger.version],
  );
  const user = await lockUser(tx, id);
  if (user === undefined) throw new Error(`user ${id} vanished: users are never deleted`);
  return user;
}

/** Stores a user who was locked before. Throws when the row is not the predecessor of `next`. */
export async function saveUser(tx: pg.PoolClient, next: User): Promise<void> {
  const { rowCount } = await tx.query(
    `update users set name = $3, email = $4, phone = $5, preferred_channel = $6, spending_limit_minor = $7,
            spent_minor = $8, version = $2, updated_at = now()
     where id = $1 and version = $2 - 1`,
    [
      next.id,
      next.version,
      next.name ?? null,
      next.email ?? null,
      next.phone ?? null,
      next.preferredChannel,
      next.spendingLimitMinor,
      next.spentMinor,
    ],
  );
  if (rowCount !== 1) throw new Error(`user ${next.id} is not at version ${next.version - 1} any more`);
}
