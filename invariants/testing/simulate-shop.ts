import type { History } from '../history/history.ts';
import { HistoryBuilder } from './history-builder.ts';
import type { PlannedOrder, ShopPlan } from './shop-plan.ts';
import { simulateSaga } from './simulate-saga.ts';
import { type MutableHarvest, SimulatedSystem } from './simulated-system.ts';

/** A run of the shop in which every invariant holds; both halves can be spoiled. */
export interface SimulatedRun {
  readonly builder: HistoryBuilder;
  readonly harvest: MutableHarvest;
  history(): History;
}

const INITIAL_STOCK = 10_000_000;
const REACH = ['gateway', 'order', 'postgres'];

/** Plays a plan: the history that its clients and the harness write, and the harvest that it leaves. Pure. */
export function simulateShop(plan: ShopPlan): SimulatedRun {
  const builder = new HistoryBuilder();
  const system = new SimulatedSystem();
  for (let index = 0; index < plan.products; index++) {
    const stock = { initial: INITIAL_STOCK, available: INITIAL_STOCK, reserved: 0, total: INITIAL_STOCK };
    system.harvest.products.push({ id: `product-${index}`, ...stock });
  }
  builder.add({ type: 'phase', phase: 'storm', state: 'begin' });
  const faultEvery = Math.max(1, Math.ceil(plan.orders.length / Math.max(1, plan.faults)));
  plan.orders.forEach((planned, index) => {
    const faulted = index % faultEvery === 0 ? `f${index / faultEvery + 1}` : undefined;
    if (faulted !== undefined)
      builder.fault(faulted, 'inject', ['payment']).fault(faulted, 'effective', ['payment'], PROOF);
    placeOrder(builder, system, planned, { index, userId: `user-${index % plan.users}` });
    if (faulted !== undefined) builder.fault(faulted, 'heal', ['payment']).fault(faulted, 'healed', ['payment'], PROOF);
  });
  // The last fault needs somebody who asks after it was healed.
  builder.operation('get-order', { order_id: 'none', reach: REACH }, 'fail', { error: '404 no such order' });
  builder.operation('get-order', { order_id: 'o1', reach: REACH }, 'ok', {
    output: { status: system.harvest.orders[0]?.status },
  });
  builder.observe('teardown', { processes: [], toxics: [], proxies: [], locks: [] });
  return { builder, harvest: system.harvest, history: () => builder.build() };
}

const PROOF = { kind: 'pid-dead', detail: 'seen from outside' };

function placeOrder(
  builder: HistoryBuilder,
  system: SimulatedSystem,
  planned: PlannedOrder,
  { index, userId }: { readonly index: number; readonly userId: string },
): void {
  const orderId = `o${index + 1}`;
  const sagaId = `s${index + 1}`;
  const key = `key-${index + 1}`;
  const priced = planned.items.map(({ product, quantity }) => ({
    productId: `product-${product}`,
    quantity,
    priceMinor: 199 + product * 1_001,
  }));
  const totalMinor = priced.reduce((sum, item) => sum + item.quantity * item.priceMinor, 0);
  system.harvest.orders.push({
    id: orderId,
    userId,
    sagaId,
    status: 'PENDING',
    totalMinor,
    redeemPoints: 0,
    currency: 'USD',
    items: priced,
  });
  system.harvest.idempotencyKeys.push({ userId, key, orderId });
  simulateSaga(system, { planned, orderId, sagaId, totalMinor, traceId: `t${index + 1}` });

  const items = priced.map(({ productId, quantity, priceMinor }) => ({
    product_id: productId,
    quantity,
    price_minor: priceMinor,
  }));
  const input = {
    user_id: userId,
    idempotency_key: key,
    items,
    card: 'card-ok',
    body_id: `body-${index + 1}`,
    reach: REACH,
  };
  const output = { order_id: orderId, saga_id: sagaId };
  builder.after(10);
  if (planned.isUnheard) {
    const cut = `cut-${index + 1}`;
    builder.fault(cut, 'inject', ['gateway->order']).fault(cut, 'effective', ['gateway->order'], PROOF);
    builder.operation('place-order', input, 'info', { error: 'timeout' });
    builder.fault(cut, 'heal', ['gateway->order']).fault(cut, 'healed', ['gateway->order'], PROOF);
  } else builder.operation('place-order', input, 'ok', { output });
  if (planned.isRepeated) builder.operation('place-order', input, 'ok', { output });
  if (planned.isMisused) {
    const other = {
      ...input,
      items: items.map((item) => ({ ...item, quantity: item.quantity + 1 })),
      body_id: `${input.body_id}-b`,
    };
    builder.operation('place-order', other, 'fail', { error: '422 the key belongs to another request' });
  }
  const isKnown = !planned.isUnheard || planned.isRepeated;
  if (!isKnown) return;
  const reference = { order_id: orderId, reach: REACH };
  if (planned.ending === 'cancelled')
    builder.operation('cancel-order', reference, 'ok', { output: { status: 'cancelling' } });
  const status = planned.ending === 'completed' ? 'CONFIRMED' : 'CANCELLED';
  for (let read = 0; read < planned.reads; read++)
    builder.operation('get-order', reference, 'ok', { output: { status } });
}
