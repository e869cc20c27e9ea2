import type { HistoryBuilder } from './history-builder.ts';
import type { PlannedOrder, PlannedPayment } from './shop-plan.ts';
import { type SimulatedCourse, simulateSaga } from './simulate-saga.ts';
import type { SimulatedSystem } from './simulated-system.ts';

export const ORDER_REACH = ['gateway', 'order', 'postgres'];
export const PAYMENT_REACH = ['gateway', 'orchestrator', 'postgres'];
/** Evidence of a fault. */
export const PROOF = { kind: 'pid-dead', detail: 'seen from outside' };

/** Where clients write down what they saw, and the shop that they use. */
interface Clients {
  readonly builder: HistoryBuilder;
  readonly system: SimulatedSystem;
}

const COURSES: Readonly<Record<PlannedOrder['ending'], Pick<SimulatedCourse, 'rejects' | 'cancelsDuring'>>> = {
  completed: {},
  'over-limit': { rejects: 'user.hold-limit' },
  'out-of-stock': { rejects: 'inventory.reserve' },
  'too-few-points': { rejects: 'wallet.redeem-points' },
  declined: { rejects: 'payment.charge' },
  cancelled: { cancelsDuring: 'charge' },
  expired: { rejects: 'inventory.confirm' },
};

/** A client places an order and does what the plan says of it. */
export function placeOrder(
  { builder, system }: Clients,
  planned: PlannedOrder,
  { index, userId }: { readonly index: number; readonly userId: string },
): void {
  const id = `o${index + 1}`;
  const sagaId = `s${index + 1}`;
  const key = `key-${index + 1}`;
  const priced = planned.items.map(({ product, quantity }) => ({
    productId: `product-${product}`,
    quantity,
    priceMinor: 199 + product * 1_001,
  }));
  const totalMinor = priced.reduce((sum, item) => sum + item.quantity * item.priceMinor, 0);
  // Nobody can have too few points who redeems none.
  const redeemPoints = planned.ending === 'too-few-points' ? Math.max(1, planned.redeemPoints) : planned.redeemPoints;
  const order = { id, userId, sagaId, totalMinor, redeemPoints, currency: 'USD', items: priced };
  system.harvest.orders.push({ ...order, status: 'PENDING' });
  system.harvest.idempotencyKeys.push({ userId, key, orderId: id });
  const subject = { id, sagaId, userId, items: planned.items, redeemPoints, traceId: `t${index + 1}` };
  const course = { type: 'order' as const, isRetried: planned.isRetried, ...COURSES[planned.ending] };
  simulateSaga(system, { ...subject, chargedMinor: totalMinor - redeemPoints }, course);

  const items = priced.map(({ productId, quantity, priceMinor }) => ({
    product_id: productId,
    quantity,
    price_minor: priceMinor,
  }));
  const body = { user_id: userId, items, redeem_points: redeemPoints, card: 'card-ok', body_id: `body-${index + 1}` };
  const otherItems = items.map((item) => ({ ...item, quantity: item.quantity + 1 }));
  const isKnown = request(builder, planned, {
    op: 'place-order',
    input: { ...body, idempotency_key: key, reach: ORDER_REACH },
    otherInput: { items: otherItems, body_id: `${body.body_id}-b` },
    output: { order_id: id, saga_id: sagaId },
    link: 'gateway->order',
  });
  if (!isKnown) return;
  const reference = { order_id: id, reach: ORDER_REACH };
  if (planned.ending === 'cancelled')
    builder.operation('cancel-order', reference, 'ok', { output: { status: 'cancelling' } });
  const status = planned.ending === 'completed' ? 'CONFIRMED' : 'CANCELLED';
  for (let read = 0; read < planned.reads; read++)
    builder.operation('get-order', reference, 'ok', { output: { status } });
}

const PAYMENT_COURSES: Readonly<Record<PlannedPayment['ending'], Pick<SimulatedCourse, 'rejects'>>> = {
  completed: {},
  declined: { rejects: 'payment.charge' },
  frozen: { rejects: 'wallet.top-up' },
};

/** A client starts a payment. */
export function startPayment(
  { builder, system }: Clients,
  planned: PlannedPayment,
  { index, userId }: { readonly index: number; readonly userId: string },
): void {
  const { amountMinor } = planned;
  const id = `payment-${index + 1}`;
  const sagaId = `ps${index + 1}`;
  // Keys of orders and of payments are two worlds: the same one may serve in both.
  const key = planned.isKeyless ? '' : `key-${index + 1}`;
  system.harvest.paymentRequests.push({ id, sagaId, userId, key, amountMinor });
  const subject = { id, sagaId, userId, items: [], redeemPoints: 0, chargedMinor: amountMinor };
  const course = { type: 'payment' as const, isRetried: planned.isRetried, ...PAYMENT_COURSES[planned.ending] };
  simulateSaga(system, { ...subject, traceId: `pt${index + 1}` }, course);

  const body = { user_id: userId, amount_minor: amountMinor, card: 'card-ok', body_id: `pay-${index + 1}` };
  const isNamed = !planned.isKeyless;
  const client = {
    ...planned,
    isRepeated: isNamed && planned.isRepeated,
    isMisused: isNamed && planned.isMisused,
  };
  request(builder, client, {
    op: 'start-payment',
    input: { ...body, idempotency_key: key, reach: PAYMENT_REACH },
    otherInput: { amount_minor: amountMinor + 1, body_id: `${body.body_id}-b` },
    output: { saga_id: sagaId, payment_id: id },
    link: 'gateway->orchestrator',
  });
}

interface ClientRequest {
  readonly op: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What is different in a body that the key is misused for. */
  readonly otherInput: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly link: string;
}

/** Writes what the client of a request that took effect saw; returns whether it was ever answered. */
function request(
  builder: HistoryBuilder,
  client: Pick<PlannedOrder, 'isUnheard' | 'isRepeated' | 'isMisused'>,
  { op, input, otherInput, output, link }: ClientRequest,
): boolean {
  builder.after(10);
  if (client.isUnheard) {
    const cut = `cut-${builder.events.length}`;
    builder.fault(cut, 'inject', [link]).fault(cut, 'effective', [link], PROOF);
    builder.operation(op, input, 'info', { error: 'timeout' });
    builder.fault(cut, 'heal', [link]).fault(cut, 'healed', [link], PROOF);
  } else builder.operation(op, input, 'ok', { output });
  if (client.isRepeated) builder.operation(op, input, 'ok', { output });
  if (client.isMisused) {
    const error = '422 the key belongs to another request';
    builder.operation(op, { ...input, ...otherInput }, 'fail', { error });
  }
  return !client.isUnheard || client.isRepeated;
}
