import type pg from 'pg';
import type { Order, OrderItem, OrderStatus } from './domain/order.ts';

export const ORDER_SCHEMA = `
  create table if not exists orders (
    id text primary key,
    user_id text not null,
    saga_id text not null unique,
    status text not null check (status in ('PENDING', 'CONFIRMED', 'CANCELLED')),
    total_minor bigint not null check (total_minor >= 0),
    currency text not null,
    items jsonb not null,
    card text not null,
    redeem_points int not null check (redeem_points between 0 and total_minor),
    cancel_requested_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create table if not exists idempotency_keys (
    user_id text not null,
    key text not null,
    request_hash text not null,
    order_id text not null references orders (id) deferrable initially deferred,
    created_at timestamptz not null default now(),
    primary key (user_id, key)
  );
`;

/** An order with what the database keeps about it. */
export interface StoredOrder extends Order {
  readonly isCancelRequested: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface OrderRow extends pg.QueryResultRow {
  readonly id: string;
  readonly user_id: string;
  readonly saga_id: string;
  readonly status: OrderStatus;
  /** bigint, which the driver hands over as text. */
  readonly total_minor: string;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly card: string;
  readonly redeem_points: number;
  readonly cancel_requested_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const SELECT_ORDER = 'select * from orders where id = $1';

export async function insertOrder(tx: pg.PoolClient, order: Order): Promise<StoredOrder> {
  const inserted = await tx.query<OrderRow>(
    `insert into orders (id, user_id, saga_id, status, total_minor, currency, items, card, redeem_points)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) returning *`,
    [
      order.id,
      order.userId,
      order.sagaId,
      order.status,
      order.totalMinor,
      order.currency,
      JSON.stringify(order.items),
      order.card,
      order.redeemPoints,
    ],
  );
  const [row] = inserted.rows;
  if (row === undefined) throw new Error(`order ${order.id} was not inserted`);
  return toOrder(row);
}

/** The order, locked until the transaction ends. */
export async function lockOrder(tx: pg.PoolClient, id: string): Promise<StoredOrder | undefined> {
  const { rows } = await tx.query<OrderRow>(`${SELECT_ORDER} for update`, [id]);
  return rows[0] && toOrder(rows[0]);
}

export async function updateStatus(tx: pg.PoolClient, id: string, status: OrderStatus): Promise<void> {
  await tx.query('update orders set status = $2, updated_at = now() where id = $1', [id, status]);
}

export async function markCancelRequested(tx: pg.PoolClient, id: string): Promise<void> {
  await tx.query('update orders set cancel_requested_at = now() where id = $1', [id]);
}

export function toOrder(row: OrderRow): StoredOrder {
  return {
    id: row.id,
    userId: row.user_id,
    sagaId: row.saga_id,
    status: row.status,
    totalMinor: Number(row.total_minor),
    currency: row.currency,
    items: row.items,
    card: row.card,
    redeemPoints: row.redeem_points,
    isCancelRequested: row.cancel_requested_at !== null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
