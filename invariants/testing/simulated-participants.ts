import type { AcquirerEntry, PaymentRow, ReservationRow, SpendingHoldRow, WalletEntryRow } from '../model/harvest.ts';
import type { Mutable } from './mutable-harvest.ts';
import type { SimulatedSubject } from './simulate-saga.ts';
import type { SimulatedSystem } from './simulated-system.ts';

interface Origin {
  readonly causeId: string;
  readonly traceId: string;
}

const RESERVATION_EVENTS = {
  RESERVED: 'stock.reserved',
  CONFIRMED: 'stock.confirmed',
  CANCELLED: 'stock.cancelled',
  EXPIRED: 'stock.expired',
} as const;

/** The services and witnesses of one saga: what each command leaves in stores and ledgers, and the facts it publishes. */
export class SimulatedParticipants {
  readonly #system: SimulatedSystem;
  readonly #subject: SimulatedSubject;
  readonly #effects: Readonly<Record<string, (isRejected: boolean) => void>>;
  #origin: Origin = { causeId: '', traceId: '' };
  #hold: Mutable<SpendingHoldRow> | undefined;
  #payment: Mutable<PaymentRow> | undefined;
  #reserved: { readonly index: number; readonly row: Mutable<ReservationRow> }[] = [];

  constructor(system: SimulatedSystem, subject: SimulatedSubject) {
    this.#system = system;
    this.#subject = subject;
    const { redeemPoints, chargedMinor } = subject;
    this.#effects = {
      'user.hold-limit': (isRejected) => this.#holdLimit(isRejected ? 'REJECTED' : 'HELD'),
      'user.release-limit': () => this.#holdLimit('RELEASED'),
      'inventory.reserve': (isRejected) => this.#reserve(isRejected),
      // Refused, because what was reserved has expired meanwhile.
      'inventory.confirm': (isRejected) => this.#endReservations(isRejected ? 'EXPIRED' : 'CONFIRMED'),
      'inventory.cancel': () => this.#endReservations('CANCELLED'),
      'wallet.redeem-points': (isRejected) =>
        isRejected || this.#enter('redeem', 'wallet.points-redeemed', { points: -redeemPoints }),
      'wallet.give-back-points': () => this.#enter('give-back', 'wallet.points-given-back', { points: redeemPoints }),
      'wallet.credit-points': () =>
        this.#enter('earn', 'wallet.points-credited', { points: Math.floor(chargedMinor / 100) }),
      'wallet.top-up': (isRejected) =>
        isRejected || this.#enter('top-up', 'wallet.topped-up', { balanceMinor: chargedMinor }),
      'payment.charge': (isRejected) =>
        isRejected ? this.#pay('DECLINED', 'decline') : this.#pay('CAPTURED', 'capture'),
      'payment.refund': () => this.#pay('REFUNDED', 'refund'),
      'order.confirm': () => this.#endOrder('CONFIRMED'),
      'order.cancel': () => this.#endOrder('CANCELLED'),
      'notification.send-confirmation': () => this.#notify('confirmation'),
      'notification.send-cancellation': () => this.#notify('cancellation'),
    };
  }

  handle(command: string, isRejected: boolean, origin: Origin): void {
    const effect = this.#effects[command];
    if (effect === undefined) throw new Error(`nobody handles ${command}`);
    this.#origin = origin;
    effect(isRejected);
  }

  #fact(service: string, type: string, aggregateId: string): void {
    const orderId = this.#subject.id;
    this.#system.publish({ service, topic: `${service}.events`, aggregateId, type, orderId, ...this.#origin });
  }

  #holdLimit(status: SpendingHoldRow['status']): void {
    const { id: orderId, sagaId, userId, chargedMinor: amountMinor } = this.#subject;
    const user = this.#system.userOf(userId);
    if (this.#hold === undefined) {
      this.#hold = { sagaId, orderId, userId, amountMinor, status };
      this.#system.harvest.spendingHolds.push(this.#hold);
    }
    this.#hold.status = status;
    if (status === 'HELD') user.spentMinor += amountMinor;
    else if (status === 'RELEASED') user.spentMinor -= amountMinor;
    this.#fact('user', `user.limit-${status.toLowerCase()}`, userId);
  }

  #reserve(isRejected: boolean): void {
    if (isRejected) return;
    const { id: orderId, sagaId, items } = this.#subject;
    for (const { product: index, quantity } of items) {
      const product = this.#system.productOf(index);
      const row = {
        id: `${sagaId}:${product.id}`,
        productId: product.id,
        orderId,
        quantity,
        status: 'RESERVED' as const,
      };
      this.#reserved.push({ index, row });
      this.#system.harvest.reservations.push(row);
      product.available -= quantity;
      product.reserved += quantity;
      this.#fact('inventory', RESERVATION_EVENTS.RESERVED, row.id);
    }
  }

  #endReservations(status: 'CONFIRMED' | 'CANCELLED' | 'EXPIRED'): void {
    for (const { index, row } of this.#reserved.splice(0)) {
      const product = this.#system.productOf(index);
      row.status = status;
      product.reserved -= row.quantity;
      if (status === 'CONFIRMED') product.total -= row.quantity;
      else product.available += row.quantity;
      this.#fact('inventory', RESERVATION_EVENTS[status], row.id);
    }
  }

  /** An entry without amounts is not written. */
  #enter(kind: WalletEntryRow['kind'], type: string, amounts: { points?: number; balanceMinor?: number }): void {
    const { points = 0, balanceMinor = 0 } = amounts;
    if (points === 0 && balanceMinor === 0) return;
    const { id: orderId, sagaId, userId } = this.#subject;
    this.#system.enter({ id: `${sagaId}:${kind}`, userId, sagaId, orderId, kind, points, balanceMinor });
    this.#fact('wallet', type, userId);
  }

  #pay(status: 'CAPTURED' | 'DECLINED' | 'REFUNDED', kind: AcquirerEntry['kind']): void {
    const { id: orderId, sagaId, chargedMinor: amountMinor } = this.#subject;
    const { harvest } = this.#system;
    const id = `pay-${sagaId}`;
    if (this.#payment === undefined) {
      this.#payment = { id, orderId, amountMinor, status };
      harvest.payments.push(this.#payment);
    }
    this.#payment.status = status;
    harvest.acquirer.push({ seq: harvest.acquirer.length + 1, kind, orderId, idempotencyKey: id, amountMinor });
    this.#fact('payment', `payment.${status.toLowerCase()}`, id);
  }

  #endOrder(status: 'CONFIRMED' | 'CANCELLED'): void {
    const { id } = this.#subject;
    const order = this.#system.harvest.orders.at(-1);
    if (order?.id !== id) throw new Error(`order ${id} is not the last one`);
    order.status = status;
    this.#fact('order', `order.${status.toLowerCase()}`, id);
  }

  #notify(kind: 'confirmation' | 'cancellation'): void {
    const { id: orderId, sagaId } = this.#subject;
    const { notifications, deliveries } = this.#system.harvest;
    const id = `ntf-${sagaId}-${kind}`;
    notifications.push({ id, orderId, kind, status: 'SENT' });
    deliveries.push({ seq: deliveries.length + 1, notificationId: id, orderId, kind });
    this.#fact('notification', 'notification.sent', id);
  }
}
