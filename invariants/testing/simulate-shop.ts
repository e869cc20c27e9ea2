import type { History } from '../history/history.ts';
import { HistoryBuilder } from './history-builder.ts';
import type { MutableHarvest } from './mutable-harvest.ts';
import type { ShopPlan } from './shop-plan.ts';
import { PAYMENT_REACH, PROOF, placeOrder, ORDER_REACH as REACH, startPayment } from './simulate-clients.ts';
import { SimulatedSystem } from './simulated-system.ts';

/** A run of the shop in which every invariant holds; both halves can be spoiled. */
export interface SimulatedRun {
  readonly builder: HistoryBuilder;
  readonly harvest: MutableHarvest;
  history(): History;
}

const INITIAL_STOCK = 10_000_000;
const GRANTED_POINTS = 1_000_000_000;

/** Plays a plan: the history that its clients and the harness write, and the harvest that it leaves. Pure. */
export function simulateShop(plan: ShopPlan): SimulatedRun {
  const builder = new HistoryBuilder();
  const system = new SimulatedSystem();
  const clients = { builder, system };
  for (let index = 0; index < plan.products; index++) {
    const stock = { initial: INITIAL_STOCK, available: INITIAL_STOCK, reserved: 0, total: INITIAL_STOCK };
    system.harvest.products.push({ id: `product-${index}`, ...stock });
  }
  const isUsed = plan.orders.length + plan.payments.length > 0;
  for (let index = 0; isUsed && index < plan.users; index++) seedUser(system, `user-${index}`);
  builder.add({ type: 'phase', phase: 'storm', state: 'begin' });
  const faultEvery = Math.max(1, Math.ceil(plan.orders.length / Math.max(1, plan.faults)));
  plan.orders.forEach((planned, index) => {
    const faulted = index % faultEvery === 0 ? `f${index / faultEvery + 1}` : undefined;
    if (faulted !== undefined)
      builder.fault(faulted, 'inject', ['payment']).fault(faulted, 'effective', ['payment'], PROOF);
    placeOrder(clients, planned, { index, userId: `user-${index % plan.users}` });
    if (faulted !== undefined) builder.fault(faulted, 'heal', ['payment']).fault(faulted, 'healed', ['payment'], PROOF);
  });
  plan.payments.forEach((planned, index) => {
    startPayment(clients, planned, { index, userId: `user-${index % plan.users}` });
  });
  // The last fault needs somebody who asks after it was healed.
  builder.operation('get-order', { order_id: 'none', reach: REACH }, 'fail', { error: '404 no such order' });
  builder.operation('get-order', { order_id: 'o1', reach: REACH }, 'ok', {
    output: { status: system.harvest.orders[0]?.status },
  });
  if (plan.payments.length > 0) {
    const state = system.harvest.sagas.find(({ id }) => id === 'ps1')?.state;
    const reference = { saga_id: 'ps1', payment_id: 'payment-1', reach: PAYMENT_REACH };
    builder.operation('get-payment', reference, 'ok', { output: { state } });
  }
  builder.observe('teardown', { processes: [], toxics: [], proxies: [], locks: [] });
  return { builder, harvest: system.harvest, history: () => builder.build() };
}

/** A customer whom the shop knows beforehand, with points to pay with. */
function seedUser(system: SimulatedSystem, userId: string): void {
  const about = { aggregateId: userId, orderId: '', causeId: '', traceId: `seed-${userId}` };
  system.userOf(userId);
  system.publish({ ...about, service: 'user', topic: 'user.events', type: 'user.updated' });
  const amounts = { points: GRANTED_POINTS, balanceMinor: 0 };
  system.enter({ id: `grant-${userId}`, userId, sagaId: '', orderId: '', kind: 'grant', ...amounts });
  system.publish({ ...about, service: 'wallet', topic: 'wallet.events', type: 'wallet.granted' });
}
