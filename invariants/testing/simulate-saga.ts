import type { SagaRow } from '../model/harvest.ts';
import type { PlannedOrder } from './shop-plan.ts';
import type { SimulatedSystem } from './simulated-system.ts';

export interface SimulatedOrder {
  readonly planned: PlannedOrder;
  readonly orderId: string;
  readonly sagaId: string;
  readonly totalMinor: number;
  readonly traceId: string;
}

/** Plays an order's saga from `order.created` to its end, and leaves the traces of it in every store and ledger. */
export function simulateSaga(system: SimulatedSystem, order: SimulatedOrder): void {
  new Saga(system, order).play();
}

class Saga {
  readonly #system: SimulatedSystem;
  readonly #order: SimulatedOrder;
  #state: SagaRow['state'] | '' = '';
  #seq = 0;
  #traceId: string;

  constructor(system: SimulatedSystem, order: SimulatedOrder) {
    this.#system = system;
    this.#order = order;
    this.#traceId = order.traceId;
  }

  play(): void {
    const { planned } = this.#order;
    const created = this.#publish('order', 'order.events', 'order.created', '');
    this.#transition('RUNNING', 'reserve', 'started', created);
    const reserved = this.#step('inventory', 'reserve', created, planned.isRetried);
    if (planned.ending === 'out-of-stock') {
      this.#transition('COMPENSATING', 'confirm-order', 'reserve rejected', reserved);
      this.#end('cancel', 'cancellation', reserved);
      return;
    }
    this.#transition('RUNNING', 'charge', 'reserve done', reserved);
    const charged = this.#step('payment', 'charge', reserved, false);
    if (planned.ending === 'completed') this.#complete(charged);
    else this.#compensate(charged);
  }

  #complete(charged: string): void {
    this.#pay('CAPTURED', ['capture']);
    this.#transition('RUNNING', 'confirm', 'charge done', charged);
    const confirmed = this.#step('inventory', 'confirm', charged, false);
    this.#reserve('CONFIRMED');
    this.#transition('RUNNING', 'confirm-order', 'confirm done', confirmed);
    this.#end('confirm', 'confirmation', confirmed);
  }

  #compensate(charged: string): void {
    let cause = charged;
    if (this.#order.planned.ending === 'declined') {
      this.#pay('DECLINED', ['decline']);
      this.#transition('COMPENSATING', 'reserve', 'charge rejected', cause);
    } else {
      this.#traceId = `${this.#order.traceId}-cancel`;
      cause = this.#publish('order', 'order.events', 'order.cancel-requested', '');
      this.#transition('COMPENSATING', 'charge', 'client cancelled', cause);
      cause = this.#step('payment', 'refund', cause, false);
      this.#pay('REFUNDED', ['capture', 'refund']);
      this.#transition('COMPENSATING', 'reserve', 'refund done', cause);
    }
    cause = this.#step('inventory', 'cancel', cause, false);
    this.#reserve('CANCELLED');
    this.#transition('COMPENSATING', 'confirm-order', 'cancel done', cause);
    this.#end('cancel', 'cancellation', cause);
  }

  #end(action: 'confirm' | 'cancel', kind: 'confirmation' | 'cancellation', causeId: string): void {
    const { harvest } = this.#system;
    const { orderId, sagaId } = this.#order;
    const isCompleted = action === 'confirm';
    const settled = this.#step('order', action, causeId, false);
    const order = harvest.orders.at(-1);
    if (order !== undefined) order.status = isCompleted ? 'CONFIRMED' : 'CANCELLED';
    this.#transition(isCompleted ? 'RUNNING' : 'COMPENSATING', 'notify', `${action} done`, settled);
    const notified = this.#step('notification', `send-${kind}`, settled, false);
    const id = `n-${orderId}`;
    harvest.notifications.push({ id, orderId, kind, status: 'SENT' });
    harvest.deliveries.push({ seq: harvest.deliveries.length + 1, notificationId: id, orderId, kind });
    const state = isCompleted ? 'COMPLETED' : 'COMPENSATED';
    this.#transition(state, 'notify', 'notify done', notified);
    harvest.sagas.push({ id: sagaId, type: 'order', orderId, state, version: this.#seq });
  }

  /** Command and reply; returns the id of the reply. A retried command is answered each time, by a reply with its own cause. */
  #step(participant: string, action: string, causeId: string, isRetried: boolean): string {
    const command = `${participant}.${action}`;
    const first = this.#publish('orchestrator', `${participant}.commands`, command, causeId);
    const reply = this.#publish(participant, `${participant}.replies`, `${command}.done`, first);
    if (!isRetried) return reply;
    this.#transition(this.#state === '' ? 'RUNNING' : this.#state, action, 'timeout', '');
    const second = this.#publish('orchestrator', `${participant}.commands`, command, '');
    return this.#publish(participant, `${participant}.replies`, `${command}.done`, second);
  }

  #publish(service: string, topic: string, type: string, causeId: string): string {
    return this.#system.publish({
      service,
      topic,
      type,
      causeId,
      orderId: this.#order.orderId,
      traceId: this.#traceId,
    });
  }

  #transition(to: SagaRow['state'], step: string, reason: string, causeId: string): void {
    this.#seq += 1;
    const { sagaId } = this.#order;
    const causeSagaId = causeId === '' ? '' : sagaId;
    const atMs = this.#system.tick();
    const traceId = this.#traceId;
    this.#system.harvest.transitions.push({
      sagaId,
      seq: this.#seq,
      from: this.#state,
      to,
      step,
      reason,
      attempt: 1,
      atMs,
      causeId,
      causeSagaId,
      traceId,
    });
    this.#state = to;
  }

  #pay(status: 'CAPTURED' | 'DECLINED' | 'REFUNDED', kinds: readonly ('capture' | 'decline' | 'refund')[]): void {
    const { orderId, totalMinor: amountMinor } = this.#order;
    const { harvest } = this.#system;
    const id = `p-${orderId}`;
    harvest.payments.push({ id, orderId, amountMinor, status });
    for (const kind of kinds) {
      harvest.acquirer.push({ seq: harvest.acquirer.length + 1, kind, orderId, idempotencyKey: id, amountMinor });
    }
  }

  #reserve(status: 'CONFIRMED' | 'CANCELLED'): void {
    const { orderId, planned } = this.#order;
    const { products, reservations } = this.#system.harvest;
    for (const { product: index, quantity } of planned.items) {
      const product = products[index];
      if (product === undefined) throw new Error(`no product ${index}`);
      reservations.push({ id: `r-${orderId}-${index}`, productId: product.id, orderId, quantity, status });
      if (status !== 'CONFIRMED') continue;
      product.available -= quantity;
      product.total -= quantity;
    }
  }
}
