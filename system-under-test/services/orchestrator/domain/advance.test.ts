import { describe, expect, it } from 'vitest';
import { orderSaga } from '../definitions/order-saga.ts';
import { advance } from './advance.ts';
import type { Decision, SagaInput, SagaState } from './saga.ts';

const policy = { stepTimeoutMs: 1_000, maxAttempts: 3, maxRetryDelayMs: 4_000 };
const created = {
  saga_id: 's1',
  order_id: 'o1',
  user_id: 'u1',
  items: [{ product_id: 'p1', quantity: 2, price_minor: 500 }],
  total_minor: 1_000,
  currency: 'USD',
  card: 'card-ok',
};
const start: SagaInput = { kind: 'start', ...orderSaga.read(created) };

const replyTo = (step: string, action: string, outcome: 'done' | 'rejected', reason?: string): SagaInput => {
  const known = [...orderSaga.steps, ...orderSaga.closing].find((a) => a.action === action);
  const participant = known?.participant ?? orderSaga.steps.find((s) => s.compensation?.action === action)?.participant;
  if (participant === undefined) throw new Error(`no participant does '${action}'`);
  return { kind: 'reply', step, participant, action, attempt: 1, outcome, ...(reason === undefined ? {} : { reason }) };
};
const done = (step: string, action: string): SagaInput => replyTo(step, action, 'done');
const rejected = (step: string, action: string, reason: string): SagaInput => replyTo(step, action, 'rejected', reason);
const timeout: SagaInput = { kind: 'timeout' };
const cancel: SagaInput = { kind: 'cancel-request', reason: 'changed my mind' };

/** Plays inputs one after another; a timeout is played at the deadline, everything else at once. */
function play(...inputs: SagaInput[]): { state: SagaState; log: string[]; commands: string[]; last: Decision } {
  let decision = advance({ definition: orderSaga, policy, nowMs: 0 }, undefined, start);
  const decisions: Decision[] = [];
  for (const input of inputs) {
    if (decision === undefined) throw new Error('the saga did not start');
    decisions.push(decision);
    const nowMs = input.kind === 'timeout' ? (decision.state.deadlineMs ?? 0) : (decision.state.deadlineMs ?? 0) - 1;
    const next = advance({ definition: orderSaga, policy, nowMs }, decision.state, input);
    if (next === undefined) throw new Error(`input ${input.kind} was dropped`);
    decision = next;
  }
  if (decision === undefined) throw new Error('the saga did not start');
  decisions.push(decision);
  return {
    state: decision.state,
    last: decision,
    log: decisions.flatMap((d) =>
      d.transitions.map((t) => `${t.seq} ${t.from}>${t.to} ${t.step}#${t.attempt}: ${t.reason}`),
    ),
    commands: decisions.flatMap((d) => d.commands.map((c) => `${c.participant}.${c.action}#${c.attempt}`)),
  };
}

const toCharge = [done('reserve', 'reserve')];
const toPivot = [...toCharge, done('charge', 'charge')];
const toNotify = [...toPivot, done('confirm-stock', 'confirm'), done('confirm-order', 'confirm')];

describe('an order saga that goes well', () => {
  it('asks each participant in turn and completes', () => {
    const { state, log, commands } = play(...toNotify, done('notify', 'send-confirmation'));
    expect(commands).toEqual([
      'inventory.reserve#1',
      'payment.charge#1',
      'inventory.confirm#1',
      'order.confirm#1',
      'notification.send-confirmation#1',
    ]);
    expect(log).toEqual([
      '1 >RUNNING reserve#1: started',
      '2 RUNNING>RUNNING charge#1: reserve done',
      '3 RUNNING>RUNNING confirm-stock#1: charge done',
      '4 RUNNING>RUNNING confirm-order#1: confirm-stock done',
      '5 RUNNING>RUNNING notify#1: confirm-order done',
      '6 RUNNING>COMPLETED notify#1: notify done',
    ]);
    expect(state).toMatchObject({ status: 'COMPLETED', deadlineMs: undefined, pending: [] });
  });

  it('gives each command the data of its action and a key that names the work, not the attempt', () => {
    const first = play().last.commands[0];
    const second = play(timeout).last.commands[0];
    expect(first).toMatchObject({ idempotency_key: 's1:reserve:reserve', attempt: 1, data: { items: created.items } });
    expect(second).toEqual({ ...first, attempt: 2 });
    expect(play(...toCharge).last.commands[0]?.data).toEqual({ amount_minor: 1_000, currency: 'USD', card: 'card-ok' });
  });

  it('announces its start and its end', () => {
    expect(play().last.events).toEqual(['saga.started']);
    expect(play(...toNotify).last.events).toEqual([]);
    expect(play(...toNotify, done('notify', 'send-confirmation')).last.events).toEqual(['saga.completed']);
  });
});

describe('a refused or overdue step', () => {
  it('undoes what was started in reverse, then cancels the order and tells the customer', () => {
    const { state, commands } = play(
      ...toPivot,
      rejected('confirm-stock', 'confirm', 'expired'),
      done('charge', 'refund'),
      done('reserve', 'cancel'),
      done('confirm-order', 'cancel'),
      done('notify', 'send-cancellation'),
    );
    expect(commands.slice(3)).toEqual([
      'payment.refund#1',
      'inventory.cancel#1',
      'order.cancel#1',
      'notification.send-cancellation#1',
    ]);
    expect(state).toMatchObject({
      status: 'COMPENSATED',
      failure: 'confirm-stock rejected: expired',
      deadlineMs: undefined,
    });
  });

  it('needs no compensation of the step that was refused', () => {
    expect(play(...toCharge, rejected('charge', 'charge', 'declined')).commands.at(-1)).toBe('inventory.cancel#1');
    expect(play(rejected('reserve', 'reserve', 'out of stock')).commands.at(-1)).toBe('order.cancel#1');
  });

  it('is repeated three times, then undone although it may still be running', () => {
    const { commands, log } = play(...toCharge, timeout, timeout, timeout);
    expect(commands).toEqual([
      'inventory.reserve#1',
      'payment.charge#1',
      'payment.charge#2',
      'payment.charge#3',
      'payment.refund#1',
    ]);
    expect(log.at(-1)).toBe('5 RUNNING>COMPENSATING charge#1: charge timed out 3 times');
  });

  it('gives the reason to every participant that undoes it', () => {
    const command = play(...toCharge, rejected('charge', 'charge', 'declined')).last.commands[0];
    expect(command?.data).toEqual({ reason: 'charge rejected: declined' });
  });
});

describe('work that must succeed', () => {
  it('repeats the pivot for ever, since its outcome is unknown, with a capped delay', () => {
    const { state, commands } = play(...toPivot, ...Array.from({ length: 6 }, () => timeout));
    expect(state).toMatchObject({ status: 'RUNNING', step: 'confirm-stock', attempt: 7 });
    expect(commands.at(-1)).toBe('inventory.confirm#7');
    const deadlines = [1, 2, 3, 4].map((n) => {
      const { state: at } = play(...toPivot, ...Array.from({ length: n }, () => timeout));
      const { state: before } = play(...toPivot, ...Array.from({ length: n - 1 }, () => timeout));
      return (at.deadlineMs ?? 0) - (before.deadlineMs ?? 0);
    });
    expect(deadlines).toEqual([2_000, 4_000, 4_000, 4_000]);
  });

  it.each([
    ['a step after the pivot', [...toNotify, rejected('notify', 'send-confirmation', 'closed')], 'send-confirmation'],
    ['a compensation', [...toCharge, cancel, rejected('charge', 'refund', 'closed')], 'refund'],
  ])('waits and repeats %s that is refused', (_name, inputs, action) => {
    const waiting = play(...inputs);
    expect(waiting.last.commands).toEqual([]);
    expect(waiting.log.at(-1)).toMatch(/will be repeated$/);
    expect(play(...inputs, timeout).last.commands[0]).toMatchObject({ action, attempt: 2 });
  });
});

describe('inputs out of place', () => {
  it.each([
    ['a reply to a step left behind', [...toPivot, done('charge', 'charge')]],
    ['a reply of a step that was abandoned', [...toCharge, cancel, done('charge', 'charge')]],
    ['a refusal of a step that was abandoned', [...toCharge, cancel, rejected('charge', 'charge', 'declined')]],
    ['a reply after the end', [...toNotify, done('notify', 'send-confirmation'), done('notify', 'send-confirmation')]],
    ['a cancel request after the pivot was sent', [...toPivot, cancel]],
    ['a cancel request while compensating', [...toCharge, cancel, cancel]],
    ['a second start', [start]],
  ])('logs %s and changes nothing else', (_name, inputs) => {
    const before = play(...inputs.slice(0, -1));
    const after = play(...inputs);
    expect(after.last.transitions).toHaveLength(1);
    expect(after.last.transitions[0]).toMatchObject({ from: before.state.status, to: before.state.status });
    expect(after.last.transitions[0]?.reason).toMatch(/ignored/);
    expect({ ...after.state, seq: 0 }).toEqual({ ...before.state, seq: 0 });
    expect(after.last.commands).toEqual([]);
    expect(after.last.events).toEqual([]);
  });

  it('drops a timer that no longer applies, and anything for a saga that never started', () => {
    const { state } = play(...toCharge);
    const early = (state.deadlineMs ?? 0) - 1;
    expect(advance({ definition: orderSaga, policy, nowMs: early }, state, timeout)).toBeUndefined();
    expect(advance({ definition: orderSaga, policy, nowMs: 0 }, undefined, cancel)).toBeUndefined();
  });

  it('honours a cancel request before the pivot was sent and undoes the step in flight', () => {
    expect(play(cancel).commands.at(-1)).toBe('inventory.cancel#1');
    expect(play(...toCharge, cancel).commands.at(-1)).toBe('payment.refund#1');
  });

  it('names the step when a definition lost it while sagas were under way', () => {
    const { state } = play();
    const lost = { ...state, step: 'gone' };
    expect(() => advance({ definition: orderSaga, policy, nowMs: 0 }, lost, done('gone', 'reserve'))).toThrow(
      /no step 'gone'/,
    );
  });
});

describe('the definition of the order saga', () => {
  it('has one pivot, undoable steps before it only, and closing actions in place of steps without compensation', () => {
    const kinds = orderSaga.steps.map((s) => s.kind);
    expect(kinds).toEqual(['compensatable', 'compensatable', 'pivot', 'retriable', 'retriable']);
    for (const step of orderSaga.steps) expect(step.compensation !== undefined).toBe(step.kind === 'compensatable');
    for (const { step } of orderSaga.closing)
      expect(orderSaga.steps.find((s) => s.id === step)?.compensation).toBeUndefined();
  });

  it('refuses an unreadable order', () => {
    expect(() => orderSaga.read({ ...created, items: [] })).toThrow(/items/);
  });
});
