import { eventsTopic } from '#sut/contract/topics.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import {
  type Answer,
  decideCancel,
  decideConfirm,
  decideExpire,
  decideReserve,
  type HoldDecision,
} from './domain/decide-hold.ts';
import { type Hold, type HoldStatus, type Line, mergeLines, reservationId } from './domain/hold.ts';
import { stockChange } from './domain/stock-change.ts';
import { endHold, findHold, insertHold } from './store/holds.ts';
import { changeStock, readAvailable } from './store/products.ts';

type Unit = UnitOfWork<MongoTx>;

/** Who asks for stock. `id` is the hold's: the saga's id, or a random one over HTTP. */
export interface HoldRequest {
  readonly id: string;
  readonly orderId: string;
  readonly sagaId: string | undefined;
}

const STATUS_EVENTS: Readonly<Partial<Record<HoldStatus, string>>> = {
  RESERVED: 'stock.reserved',
  CONFIRMED: 'stock.confirmed',
  CANCELLED: 'stock.cancelled',
  EXPIRED: 'stock.expired',
};

/** Reserves all lines or none, in the unit's transaction; the hold expires at `nowMs + ttlMs`. */
export async function reserveStock(
  unit: Unit,
  request: HoldRequest,
  { lines, ttlMs, nowMs }: { readonly lines: readonly Line[]; readonly ttlMs: number; readonly nowMs: number },
): Promise<Answer> {
  const hold = await findHold(unit.tx, request.id);
  const merged = mergeLines(lines);
  const available = await readAvailable(
    unit.tx,
    merged.map((line) => line.productId),
  );
  const decision = decideReserve(hold, merged, available);
  const blank = { ...request, lines: merged, expiresAtMs: nowMs + ttlMs };
  return apply(unit, { hold, blank, decision, nowMs });
}

/** Turns what is reserved into a sale. */
export async function confirmStock(unit: Unit, request: HoldRequest, nowMs: number): Promise<Answer> {
  const hold = await findHold(unit.tx, request.id);
  return apply(unit, { hold, blank: tombstone(request, nowMs), decision: decideConfirm(hold, nowMs), nowMs });
}

/** Gives back what is reserved, and forbids a reservation that is still on its way. */
export async function cancelStock(unit: Unit, request: HoldRequest, nowMs: number): Promise<Answer> {
  const hold = await findHold(unit.tx, request.id);
  return apply(unit, { hold, blank: tombstone(request, nowMs), decision: decideCancel(hold), nowMs });
}

/** Gives back what is overdue; does nothing when somebody was faster. */
export async function expireStock(unit: Unit, request: HoldRequest, nowMs: number): Promise<Answer> {
  const hold = await findHold(unit.tx, request.id);
  return apply(unit, { hold, blank: tombstone(request, nowMs), decision: decideExpire(hold, nowMs), nowMs });
}

type BlankHold = Omit<Hold, 'status' | 'refusal'>;

const tombstone = (request: HoldRequest, nowMs: number): BlankHold => ({ ...request, lines: [], expiresAtMs: nowMs });

interface Change {
  readonly hold: Hold | undefined;
  /** What a hold that does not exist yet would be. */
  readonly blank: BlankHold;
  readonly decision: HoldDecision;
  readonly nowMs: number;
}

/** Writes hold, reservations, stock and events; every write is in the unit's transaction. */
async function apply(unit: Unit, { hold, blank, decision, nowMs }: Change): Promise<Answer> {
  const { to, answer } = decision;
  if (to === undefined) return answer;
  const now = new Date(nowMs);
  const change = stockChange(hold?.status, to);
  const changed: Hold = { ...(hold ?? blank), status: to, refusal: refusalIn(answer) };
  if (hold === undefined) await insertHold(unit.tx, changed, now);
  else await endHold(unit.tx, hold, to, now);
  if (change === undefined) return answer;
  for (const line of changed.lines) {
    await changeStock(unit.tx, line, change, now);
    await publishChange(unit, changed, line);
  }
  return answer;
}

const refusalIn = (answer: Answer): Hold['refusal'] =>
  answer.outcome === 'done'
    ? undefined
    : { reason: answer.reason, ...(answer.details ? { details: answer.details } : {}) };

async function publishChange(unit: Unit, hold: Hold, line: Line): Promise<void> {
  const type = STATUS_EVENTS[hold.status];
  if (type === undefined) return;
  const id = reservationId(hold, line.productId);
  await unit.publish({
    topic: eventsTopic('inventory'),
    aggregateId: id,
    type,
    payload: {
      reservation_id: id,
      product_id: line.productId,
      order_id: hold.orderId,
      saga_id: hold.sagaId ?? null,
      quantity: line.quantity,
      status: hold.status,
    },
    orderId: hold.orderId,
    ...(hold.sagaId === undefined ? {} : { sagaId: hold.sagaId }),
  });
}
