import type pg from 'pg';
import { z } from 'zod';
import type { SpendingHold } from './domain/spending-hold.ts';

/** `refusal` keeps why a hold was rejected, for the same answer to the same command. */
export const HOLD_TABLE = `
  create table if not exists spending_holds (
    saga_id text primary key,
    order_id text not null,
    user_id text not null,
    amount_minor bigint not null check (amount_minor >= 0),
    status text not null check (status in ('HELD', 'RELEASED', 'REJECTED')),
    refusal jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index if not exists spending_holds_by_user on spending_holds (user_id);
`;

const rowSchema = z
  .object({
    saga_id: z.string(),
    order_id: z.string(),
    user_id: z.string(),
    amount_minor: z.coerce.number().pipe(z.int()),
    status: z.enum(['HELD', 'RELEASED', 'REJECTED']),
    refusal: z.object({ reason: z.string(), available_minor: z.int(), requested_minor: z.int() }).nullable(),
  })
  .transform(
    (row): SpendingHold => ({
      sagaId: row.saga_id,
      orderId: row.order_id,
      userId: row.user_id,
      amountMinor: row.amount_minor,
      status: row.status,
      refusal: row.refusal ?? undefined,
    }),
  );

/**
 * The saga's hold, locked until the transaction ends. Take it before its user's lock: two transactions of one saga then
 * meet here and not crosswise.
 */
export async function lockHold(tx: pg.PoolClient, sagaId: string): Promise<SpendingHold | undefined> {
  const { rows } = await tx.query('select * from spending_holds where saga_id = $1 for update', [sagaId]);
  return rows[0] === undefined ? undefined : rowSchema.parse(rows[0]);
}

/**
 * Stores `next` over `current`, conditional on the status that the decision was made on. Throws when another transaction of
 * the same saga created or changed it in between.
 */
export async function saveHold(
  tx: pg.PoolClient,
  current: SpendingHold | undefined,
  next: SpendingHold,
): Promise<void> {
  const refusal = next.refusal === undefined ? null : JSON.stringify(next.refusal);
  const { rowCount } =
    current === undefined
      ? await tx.query(
          `insert into spending_holds (saga_id, order_id, user_id, amount_minor, status, refusal)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
          [next.sagaId, next.orderId, next.userId, next.amountMinor, next.status, refusal],
        )
      : await tx.query('update spending_holds set status = $3, updated_at = now() where saga_id = $1 and status = $2', [
          next.sagaId,
          current.status,
          next.status,
        ]);
  if (rowCount !== 1) throw new Error(`hold of saga ${next.sagaId} was changed by another transaction`);
}
