import type { SagaRow } from '../model/harvest.ts';
import { SimulatedParticipants } from './simulated-participants.ts';
import type { SimulatedSystem } from './simulated-system.ts';

/** What a saga is about: an order or a payment request, as it was asked for. */
export interface SimulatedSubject {
  readonly id: string;
  readonly sagaId: string;
  readonly userId: string;
  readonly traceId: string;
  /** Index of the product, with quantity. */
  readonly items: readonly { readonly product: number; readonly quantity: number }[];
  readonly redeemPoints: number;
  /** What the card is charged. */
  readonly chargedMinor: number;
}

/** How a saga goes: which command is refused, or during which step the client cancels; nothing of both: it completes. */
export interface SimulatedCourse {
  readonly type: 'order' | 'payment';
  readonly rejects?: string;
  readonly cancelsDuring?: string;
  /** The answer to the first command comes late, so that it is sent again. */
  readonly isRetried: boolean;
}

interface Step {
  readonly id: string;
  readonly command: string;
  readonly compensation?: string;
}

const STEPS: Readonly<Record<SimulatedCourse['type'], readonly Step[]>> = {
  order: [
    { id: 'hold-limit', command: 'user.hold-limit', compensation: 'user.release-limit' },
    { id: 'reserve', command: 'inventory.reserve', compensation: 'inventory.cancel' },
    { id: 'redeem-points', command: 'wallet.redeem-points', compensation: 'wallet.give-back-points' },
    { id: 'charge', command: 'payment.charge', compensation: 'payment.refund' },
    { id: 'confirm-stock', command: 'inventory.confirm' },
    { id: 'credit-points', command: 'wallet.credit-points' },
    { id: 'confirm-order', command: 'order.confirm' },
    { id: 'notify', command: 'notification.send-confirmation' },
  ],
  payment: [
    { id: 'charge', command: 'payment.charge', compensation: 'payment.refund' },
    { id: 'top-up', command: 'wallet.top-up' },
    { id: 'notify', command: 'notification.send-confirmation' },
  ],
};

const CLOSING: Readonly<Record<SimulatedCourse['type'], readonly Step[]>> = {
  order: [
    { id: 'confirm-order', command: 'order.cancel' },
    { id: 'notify', command: 'notification.send-cancellation' },
  ],
  payment: [{ id: 'notify', command: 'notification.send-cancellation' }],
};

const EVENT_OF = {
  RUNNING: 'saga.started',
  COMPENSATING: 'saga.compensating',
  COMPLETED: 'saga.completed',
  COMPENSATED: 'saga.compensated',
} as const;

/**
 * Plays a saga from the message that starts it (none for a payment: a request does) to its end, and leaves the traces of it in
 * every store and ledger.
 */
export function simulateSaga(system: SimulatedSystem, subject: SimulatedSubject, course: SimulatedCourse): void {
  new Saga(system, subject, course).play();
}

class Saga {
  readonly #system: SimulatedSystem;
  readonly #subject: SimulatedSubject;
  readonly #course: SimulatedCourse;
  readonly #participants: SimulatedParticipants;
  #state: SagaRow['state'] | '' = '';
  #seq = 0;
  #traceId: string;

  constructor(system: SimulatedSystem, subject: SimulatedSubject, course: SimulatedCourse) {
    this.#system = system;
    this.#subject = subject;
    this.#course = course;
    this.#participants = new SimulatedParticipants(system, subject);
    this.#traceId = subject.traceId;
  }

  play(): void {
    const { type, rejects, cancelsDuring } = this.#course;
    const { redeemPoints } = this.#subject;
    const steps = STEPS[type].filter(({ id }) => id !== 'redeem-points' || redeemPoints > 0);
    let cause = type === 'order' ? this.#orderEvent('order.created') : '';
    let reason = 'started';
    for (const [index, step] of steps.entries()) {
      this.#transition('RUNNING', step.id, reason, cause);
      const isRejected = step.command === rejects;
      cause = this.#ask(step, cause, { isRejected, isRetried: this.#course.isRetried && index === 0 });
      reason = `${step.id} done`;
      if (isRejected) {
        this.#compensate(steps.slice(0, index), `${step.id} rejected`, cause);
        return;
      }
      if (step.id !== cancelsDuring) continue;
      this.#traceId = `${this.#subject.traceId}-cancel`;
      cause = this.#orderEvent('order.cancel-requested');
      this.#compensate(steps.slice(0, index + 1), 'client cancelled', cause);
      return;
    }
    this.#end('COMPLETED', reason, cause);
  }

  #compensate(started: readonly Step[], failure: string, failedBy: string): void {
    const undone = started.flatMap(({ id, compensation }) => (compensation ? [{ id, command: compensation }] : []));
    let cause = failedBy;
    let reason = failure;
    for (const step of [...undone.toReversed(), ...CLOSING[this.#course.type]]) {
      this.#transition('COMPENSATING', step.id, reason, cause);
      cause = this.#ask(step, cause, { isRejected: false, isRetried: false });
      reason = `${step.id} undone`;
    }
    this.#end('COMPENSATED', reason, cause);
  }

  #end(state: 'COMPLETED' | 'COMPENSATED', reason: string, causeId: string): void {
    const { id: orderId, sagaId } = this.#subject;
    this.#transition(state, 'notify', reason, causeId);
    this.#system.harvest.sagas.push({ id: sagaId, type: this.#course.type, orderId, state, version: this.#seq });
  }

  /** Command and reply; returns the id of the reply. A retried command is answered each time, by a reply with its own cause. */
  #ask(step: Step, causeId: string, how: { readonly isRejected: boolean; readonly isRetried: boolean }): string {
    const first = this.#command(step.command, causeId);
    this.#participants.handle(step.command, how.isRejected, { causeId: first, traceId: this.#traceId });
    const reply = this.#reply(step.command, how.isRejected, first);
    if (!how.isRetried) return reply;
    this.#transition(this.#state === '' ? 'RUNNING' : this.#state, step.id, 'timeout', '');
    return this.#reply(step.command, how.isRejected, this.#command(step.command, ''));
  }

  #command(type: string, causeId: string): string {
    return this.#publish('orchestrator', `${type.split('.', 1)[0]}.commands`, type, causeId);
  }

  #reply(command: string, isRejected: boolean, causeId: string): string {
    const participant = command.split('.', 1)[0] ?? '';
    const type = `${command}.${isRejected ? 'rejected' : 'done'}`;
    return this.#publish(participant, `${participant}.replies`, type, causeId);
  }

  #orderEvent(type: string): string {
    return this.#publish('order', 'order.events', type, '', this.#subject.id);
  }

  #publish(service: string, topic: string, type: string, causeId: string, aggregateId = this.#subject.sagaId): string {
    const { id: orderId } = this.#subject;
    return this.#system.publish({ service, topic, aggregateId, type, causeId, orderId, traceId: this.#traceId });
  }

  #transition(to: SagaRow['state'], step: string, reason: string, causeId: string): void {
    this.#seq += 1;
    const { sagaId } = this.#subject;
    this.#system.harvest.transitions.push({
      sagaId,
      seq: this.#seq,
      from: this.#state,
      to,
      step,
      reason,
      attempt: 1,
      atMs: this.#system.tick(),
      causeId,
      causeSagaId: causeId === '' ? '' : sagaId,
      traceId: this.#traceId,
    });
    if (to !== this.#state) this.#publish('orchestrator', 'saga.events', EVENT_OF[to], causeId);
    this.#state = to;
  }
}
