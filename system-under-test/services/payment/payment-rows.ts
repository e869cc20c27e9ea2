import type pg from 'pg';
import { z } from 'zod';
import { commandOriginSchema } from '#sut/platform/saga/command-origin.ts';
import { PAYMENT_STATUSES, type Payment } from './payment.ts';

/**
 * `claimed_by` and `claimed_until` say which instance asks the acquirer for the row at the moment; they save calls and
 * keep nothing safe, the acquirer's idempotency key does.
 */
export const PAYMENT_SCHEMA = `
  create table if not exists payments (
    id text primary key,
    saga_id text not null,
    order_id text not null,
    amount_minor bigint not null check (amount_minor >= 0),
    currency text not null,
    card text not null,
    status text not null check (status in ('PENDING', 'CAPTURED', 'DECLINED', 'REVERSING', 'REFUNDED', 'VOIDED')),
    reason text,
    charge_id text,
    awaiting jsonb,
    claimed_by text,
    claimed_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index if not exists payments_by_order on payments (order_id);
  create index if not exists payments_unsettled on payments (updated_at) where status in ('PENDING', 'REVERSING');
`;

const rowSchema = z
  .object({
    id: z.string(),
    saga_id: z.string(),
    order_id: z.string(),
    // pg hands bigint over as text, because a double could not hold all of it.
    amount_minor: z.coerce.number().pipe(z.int()),
    currency: z.string(),
    card: z.string(),
    status: z.enum(PAYMENT_STATUSES),
    reason: z.string().nullable(),
    charge_id: z.string().nullable(),
    awaiting: commandOriginSchema.nullable(),
  })
  .transform(
    (row): Payment => ({
      id: row.id,
      sagaId: row.saga_id,
      orderId: row.order_id,
      amountMinor: row.amount_minor,
      currency: row.currency,
      card: row.card,
      status: row.status,
      reason: row.reason ?? undefined,
      chargeId: row.charge_id ?? undefined,
      awaiting: row.awaiting ?? undefined,
    }),
  );

/** Reads a row of `payments`; throws when it is not one. */
export const toPayment = (row: unknown): Payment => rowSchema.parse(row);

/** The payment, locked until the transaction ends, so that whoever decides on it decides alone. */
export async function lockPayment(tx: pg.PoolClient, id: string): Promise<Payment | undefined> {
  const { rows } = await tx.query('select * from payments where id = $1 for update', [id]);
  return rows[0] === undefined ? undefined : toPayment(rows[0]);
}

/**
 * Stores `next` over `current`, conditional on the status that the decision was made on. Any change of it makes the
 * row free for every instance: a reversal must not wait for the claim of a charge. Throws when somebody else created or
 * changed it in between.
 */
export async function savePayment(tx: pg.PoolClient, current: Payment | undefined, next: Payment): Promise<void> {
  const written = current === undefined ? await insertPayment(tx, next) : await updatePayment(tx, current.status, next);
  if (written.rowCount !== 1) throw new Error(`payment ${next.id} was changed by another transaction`);
}

function insertPayment(tx: pg.PoolClient, next: Payment): Promise<pg.QueryResult> {
  return tx.query(
    `insert into payments (id, saga_id, order_id, amount_minor, currency, card, status, awaiting)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      next.id,
      next.sagaId,
      next.orderId,
      next.amountMinor,
      next.currency,
      next.card,
      next.status,
      next.awaiting === undefined ? null : JSON.stringify(next.awaiting),
    ],
  );
}

function updatePayment(tx: pg.PoolClient, expected: Payment['status'], next: Payment): Promise<pg.QueryResult> {
  return tx.query(
    `update payments set status = $3, reason = $4, charge_id = $5, awaiting = $6,
            claimed_by = null, claimed_until = null, updated_at = now()
     where id = $1 and status = $2`,
    [
      next.id,
      expected,
      next.status,
      next.reason ?? null,
      next.chargeId ?? null,
      next.awaiting === undefined ? null : JSON.stringify(next.awaiting),
    ],
  );
}
