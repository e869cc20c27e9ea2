import { describe, expect, it } from 'vitest';
import { orderSaga } from '../definitions/order-saga.ts';
import { paymentSaga } from '../definitions/payment-saga.ts';
import { SAGA_DEFINITIONS } from '../definitions/saga-definitions.ts';
import { advance } from './advance.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Decision, SagaInput, SagaState } from './saga.ts';
import type { SagaDefinition } from './saga-definition.ts';

const policy = { stepTimeoutMs: 1_000, maxAttempts: 3, maxRetryDelayMs: 4_000, maxAnswerMs: 12_000 };
const created = {
  saga_id: 's1',
  order_id: 'o1',
  user_id: 'u1',
  items: [{ product_id: 'p1', quantity: 2, price_minor: 500 }],
  total_minor: 1_000,
  currency: 'USD',
  card: 'card-ok',
};
const startOf = (order: Readonly<Record<string, unknown>>): SagaInput => ({
  kind: 'start',
  ...orderSaga.startedBy.schema.parse(order),
});
const start = startOf(created);

const replyTo = (
  step: string,
  action: string,
  outcome: 'done' | 'rejected',
  reason?: string,
): Extract<SagaInput, { kind: 'reply' }> => {
  const known = [orderSaga, paymentSaga]
    .flatMap((saga) => [...saga.steps, ...saga.closing, ...saga.steps.flatMap((s) => s.compensation ?? [])])
    .find((candidate) => candidate.action === action);
  const participant = known?.participant;
  if (participant === undefined) throw new Error(`no participant does '${action}'`);
  return { kind: 'reply', step, participant, action, attempt: 1, outcome, ...(reason === undefined ? {} : { reason }) };
};
const done = (step: string, action: string): SagaInput => replyTo(step, action, 'done');
const rejected = (step: string, action: string, reason: string): SagaInput => replyTo(step, action, 'rejected', reason);
const timeout: SagaInput = { kind: 'timeout' };
const cancel: SagaInput = { kind: 'cancel-request', reason: 'changed my mind' };

/** Plays inputs one after another; a timeout is played at the deadline, everything else at once. */
function playFrom(
  definition: SagaDefinition,
  first: SagaInput,
  inputs: readonly SagaInput[],
): { state: SagaState; log: string[]; commands: string[]; last: Decision } {
  let decision = advance({ definition, policy, nowMs: 0 }, undefined, first);
  const decisions: Decision[] = [];
  for (const input of inputs) {
    if (decision === undefined) throw new Error('the saga did not start');
    decisions.push(decision);
    const nowMs = input.kind === 'timeout' ? (decision.state.deadlineMs ?? 0) : (decision.state.deadlineMs ?? 0) - 1;
    const next = advance({ definition, policy, nowMs }, decision.state, input);
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

const play = (...inputs: SagaInput[]) => playFrom(orderSaga, start, inputs);

const toReserve = [done('hold-limit', 'hold-limit')];
const toCharge = [...toReserve, done('reserve', 'reserve')];
const toPivot = [...toCharge, done('charge', 'charge')];
const toCredit = [...toPivot, done('confirm-stock', 'confirm')];
const toNotify = [...toCredit, done('credit-points', 'credit-points'), done('confirm-order', 'confirm')];

describe('an order saga that goes well', () => {
  it('asks each participant in turn and completes', () => {
    const { state, log, commands } = play(...toNotify, done('notify', 'send-confirmation'));
    expect(commands).toEqual([
      'user.hold-limit#1',
      'inventory.reserve#1',
      'payment.charge#1',
      'inventory.confirm#1',
      'wallet.credit-points#1',
      'order.confirm#1',
      'notification.send-confirmation#1',
    ]);
    expect(log).toEqual([
      '1 >RUNNING hold-limit#1: started',
      '2 RUNNING>RUNNING reserve#1: hold-limit done',
      '3 RUNNING>RUNNING charge#1: reserve done',
      '4 RUNNING>RUNNING confirm-stock#1: charge done',
      '5 RUNNING>RUNNING credit-points#1: confirm-stock done',
      '6 RUNNING>RUNNING confirm-order#1: credit-points done',
      '7 RUNNING>RUNNING notify#1: confirm-order done',
      '8 RUNNING>COMPLETED notify#1: notify done',
    ]);
    expect(state).toMatchObject({ status: 'COMPLETED', deadlineMs: undefined, pending: [] });
  });

  it('gives each command the data of its action and a key that names the work, not the attempt', () => {
    const first = play(...toReserve).last.commands[0];
    const second = play(...toReserve, timeout).last.commands[0];
    expect(first).toMatchObject({ idempotency_key: 's1:reserve:reserve', attempt: 1, data: { items: created.items } });
    expect(second).toEqual({ ...first, attempt: 2 });
    expect(play(...toCharge).last.commands[0]?.data).toEqual({ amount_minor: 1_000, currency: 'USD', card: 'card-ok' });
    expect(play(...toCredit).last.commands[0]?.data).toEqual({ user_id: 'u1', earned_points: 10 });
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
      done('hold-limit', 'release-limit'),
      done('confirm-order', 'cancel'),
      done('notify', 'send-cancellation'),
    );
    expect(commands.slice(4)).toEqual([
      'payment.refund#1',
      'inventory.cancel#1',
      'user.release-limit#1',
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
    expect(play(rejected('hold-limit', 'hold-limit', 'over the limit')).commands.at(-1)).toBe('order.cancel#1');
  });

  it('is repeated three times, then undone although it may still be running', () => {
    const { commands, log } = play(...toCharge, timeout, timeout, timeout);
    expect(commands).toEqual([
      'user.hold-limit#1',
      'inventory.reserve#1',
      'payment.charge#1',
      'payment.charge#2',
      'payment.charge#3',
      'payment.refund#1',
    ]);
    expect(log.at(-1)).toBe('6 RUNNING>COMPENSATING charge#1: charge timed out 3 times');
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

  it('repeats a refused step after the usual wait, however slow its participant', () => {
    const asked = play(...toNotify).state;
    const context = { definition: orderSaga, policy, answerTimes: { timeoutMs: () => 9_000 }, nowMs: 10 };
    const refused = advance(context, asked, rejected('notify', 'send-confirmation', 'closed'));
    expect(refused?.state.deadlineMs).toBe(10 + policy.stepTimeoutMs);
  });
});

describe('how long an answer is waited for', () => {
  it('is told by answers to the first attempt, from when it was asked for', () => {
    const asked = play(...toReserve).state;
    const answer = done('reserve', 'reserve');
    const at = { definition: orderSaga, policy, nowMs: asked.askedAtMs + 350 };
    expect(advance(at, asked, answer)?.answered).toEqual({ participant: 'inventory', tookMs: 350 });
  });

  it('is told by an answer that came after its timeout as well, but not by one to the repetition', () => {
    const asked = play(...toReserve).state;
    const { state } = play(...toReserve, timeout);
    expect(state.askedAtMs).toBe(asked.askedAtMs);
    const at = { definition: orderSaga, policy, nowMs: asked.askedAtMs + 1_500 };
    const answer = replyTo('reserve', 'reserve', 'done');
    expect(advance(at, state, answer)?.answered?.tookMs).toBe(1_500);
    expect(advance(at, state, { ...answer, attempt: 2 })?.answered).toBeUndefined();
  });

  it.each([
    ['the step timeout when the participant is quick', 30, [1_000, 2_000, 4_000]],
    ['what a slow participant takes', 1_700, [1_700, 3_400, 4_000]],
    ['what a participant takes that is slower than the longest wait', 9_000, [9_000, 9_000, 9_000]],
    ['never more than the longest wait for an answer', 90_000, [12_000, 12_000, 12_000]],
  ])('is %s', (_name, answerMs, waits) => {
    expect([1, 2, 3].map((attempt) => retryDelayMs(policy, attempt, answerMs))).toEqual(waits);
    const context = { definition: orderSaga, policy, answerTimes: { timeoutMs: () => answerMs }, nowMs: 10 };
    expect(advance(context, undefined, start)?.state.deadlineMs).toBe(10 + (waits[0] ?? 0));
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
    expect(play(cancel).commands.at(-1)).toBe('user.release-limit#1');
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

describe('an order that is paid with points', () => {
  const start = startOf({ ...created, redeem_points: 250 });
  const toRedeem = [...toReserve, done('reserve', 'reserve')];
  const toPay = [...toRedeem, done('redeem-points', 'redeem-points')];
  const playPoints = (...inputs: SagaInput[]) => playFrom(orderSaga, start, inputs);

  it('takes the points before it charges the rest, and holds and earns by the rest', () => {
    expect(playPoints().last.commands[0]?.data).toMatchObject({ amount_minor: 750 });
    expect(playPoints(...toRedeem).last.commands[0]).toMatchObject({
      participant: 'wallet',
      action: 'redeem-points',
      data: { user_id: 'u1', redeem_points: 250 },
    });
    expect(playPoints(...toPay).last.commands[0]?.data).toMatchObject({ amount_minor: 750 });
    expect(start).toMatchObject({ data: { earned_points: 7 } });
  });

  it('gives the points back in their turn', () => {
    const { commands } = playPoints(
      ...toPay,
      rejected('charge', 'charge', 'declined'),
      done('redeem-points', 'give-back-points'),
      done('reserve', 'cancel'),
    );
    expect(commands.slice(-3)).toEqual(['wallet.give-back-points#1', 'inventory.cancel#1', 'user.release-limit#1']);
  });

  it('touches no wallet before the pivot when there are none', () => {
    const refused = play(...toCharge, rejected('charge', 'charge', 'declined'), done('reserve', 'cancel'));
    expect(refused.commands.some((command) => command.startsWith('wallet.'))).toBe(false);
  });

  it('never pays out', () => {
    expect(() => startOf({ ...created, redeem_points: 1_001 })).toThrow(/redeem_points/);
    expect(startOf({ ...created, redeem_points: 1_000 })).toMatchObject({ data: { amount_minor: 0 } });
  });
});

describe('a payment saga', () => {
  const { data } = paymentSaga.startedBy.schema.parse({ amount: 100, user_id: 'user1' });
  const begin: SagaInput = { kind: 'start', sagaId: 's1', orderId: 'payment-1', data };
  const playPayment = (...inputs: SagaInput[]) => playFrom(paymentSaga, begin, inputs);

  it('charges the card, tops the wallet up and says so', () => {
    const inputs = [done('charge', 'charge'), done('top-up', 'top-up'), done('notify', 'send-confirmation')];
    expect(playPayment(...inputs)).toMatchObject({
      state: { type: 'payment', orderId: 'payment-1', status: 'COMPLETED' },
      commands: ['payment.charge#1', 'wallet.top-up#1', 'notification.send-confirmation#1'],
    });
    expect(playPayment(done('charge', 'charge')).last.commands[0]).toMatchObject({
      order_id: 'payment-1',
      data: { user_id: 'user1', amount_minor: 10_000, currency: 'USD' },
    });
  });

  it('gives the money back when the wallet is frozen', () => {
    const refused = [done('charge', 'charge'), rejected('top-up', 'top-up', 'wallet is frozen')];
    const { state, commands } = playPayment(...refused, done('charge', 'refund'), done('notify', 'send-cancellation'));
    expect(commands.slice(2)).toEqual(['payment.refund#1', 'notification.send-cancellation#1']);
    expect(state).toMatchObject({ status: 'COMPENSATED', failure: 'top-up rejected: wallet is frozen' });
  });
});

describe.each(SAGA_DEFINITIONS.map((definition) => [definition.id, definition] as const))(
  'the %s saga',
  (_id, saga) => {
    it('has one pivot, undoable steps before it only, and closing actions in place of steps without compensation', () => {
      const kinds = saga.steps.map((s) => s.kind);
      const pivot = kinds.indexOf('pivot');
      expect(kinds).toEqual(
        kinds.map((_, index) => (index < pivot ? 'compensatable' : index === pivot ? 'pivot' : 'retriable')),
      );
      for (const step of saga.steps) expect(step.compensation !== undefined).toBe(step.kind === 'compensatable');
      for (const { step } of saga.closing) {
        const replaced = saga.steps.find((s) => s.id === step);
        expect(replaced).toMatchObject({ kind: 'retriable' });
        expect(replaced?.when).toBeUndefined();
      }
    });
  },
);

it('the order saga refuses an unreadable order', () => {
  expect(() => startOf({ ...created, items: [] })).toThrow(/items/);
});
