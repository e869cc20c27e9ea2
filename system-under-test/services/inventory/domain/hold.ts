/** So many units of one product. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/**
 * `RESERVED` holds stock until it is confirmed, cancelled or expires. `REJECTED` never held any. A hold may also be
 * born `CANCELLED`: a tombstone that makes a reservation arriving later do nothing.
 */
export type HoldStatus = 'RESERVED' | 'CONFIRMED' | 'CANCELLED' | 'EXPIRED' | 'REJECTED';

/** What one saga (or one HTTP request) keeps of the stock: all its lines share one status, so it is all or nothing. */
export interface Hold {
  /** The saga's id; random for a hold made over HTTP. */
  readonly id: string;
  readonly orderId: string;
  readonly sagaId: string | undefined;
  readonly status: HoldStatus;
  readonly lines: readonly Line[];
  readonly expiresAtMs: number;
  /** Why it was rejected, so that the same command gets the same answer. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly reason: string;
  readonly details?: Shortage;
}

/** The first line that cannot be served. */
interface Shortage {
  readonly product_id: string;
  readonly available: number;
  readonly requested: number;
}

/** One line per product, in the order of their ids: transactions that touch products in one order do not deadlock. */
export function mergeLines(lines: readonly Line[]): readonly Line[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** A saga has one reservation per product; an HTTP hold is its own only reservation. */
export const reservationId = (hold: Pick<Hold, 'id' | 'sagaId'>, productId: string): string =>
  hold.sagaId === undefined ? hold.id : `${hold.id}:${productId}`;
