import { describe, expect, it } from 'vitest';
import { decideGiveBack, decideOperation, type OperationRequest } from './decide-operation.ts';
import type { Operation, OperationStatus } from './operation.ts';
import { emptyWallet, post, type Wallet } from './wallet.ts';

const wallet: Wallet = { userId: 'ann', points: 30, balanceMinor: 500, isFrozen: false, version: 4 };
const frozen: Wallet = { ...wallet, isFrozen: true };
const saga = { sagaId: 's1', orderId: 'o1' };
const redeem = (points: number): OperationRequest => ({
  ...saga,
  ...{ userId: 'ann', kind: 'redeem', points: -points, balanceMinor: 0 },
});
const earn = (points: number): OperationRequest => ({ ...redeem(-points), kind: 'earn' });
const topUp: OperationRequest = {
  ...saga,
  userId: 'ann',
  kind: 'top-up',
  points: 0,
  balanceMinor: 100,
  currency: 'USD',
};
const operation = (status: OperationStatus, request = redeem(10)): Operation => ({
  ...request,
  status,
  refusal: status === 'REJECTED' ? { reason: 'too few points', details: { available_points: 3 } } : undefined,
});

describe('redeem', () => {
  it('takes the last point', () => {
    expect(decideOperation(undefined, wallet, redeem(30))).toEqual({
      operation: operation('DONE', redeem(30)),
      posting: {
        wallet: { ...wallet, points: 0, version: 5 },
        entry: { id: 's1:redeem', userId: 'ann', version: 5, kind: 'redeem', points: -30, balanceMinor: 0, saga },
      },
      answer: { outcome: 'done' },
    });
  });

  it.each([
    ['too few points', wallet, 31, { available_points: 30, requested_points: 31 }],
    ['nobody has a wallet', emptyWallet('ann'), 1, { available_points: 0, requested_points: 1 }],
  ])('is refused when there are %s, with the figures', (_, current, points, data) => {
    const decision = decideOperation(undefined, current, redeem(points));
    expect(decision).toMatchObject({ operation: { status: 'REJECTED' }, posting: undefined });
    expect(decision.answer).toEqual({ outcome: 'rejected', reason: 'too few points', data });
    expect(decideOperation(decision.operation, wallet, redeem(points)).answer).toEqual(decision.answer);
  });

  it.each<[OperationStatus, Record<string, unknown>]>([
    ['DONE', { outcome: 'done' }],
    ['UNDONE', { outcome: 'rejected', reason: 'points were given back' }],
    ['REJECTED', { outcome: 'rejected', reason: 'too few points', data: { available_points: 3 } }],
  ])('that is %s is answered again and does nothing', (status, answer) => {
    const decision = decideOperation(operation(status), wallet, redeem(10));
    expect(decision).toEqual({ operation: undefined, posting: undefined, answer });
  });
});

describe('a frozen wallet', () => {
  it.each([redeem(1), topUp])('refuses to $kind', (request) => {
    expect(decideOperation(undefined, frozen, request)).toMatchObject({
      operation: { status: 'REJECTED' },
      posting: undefined,
      answer: { outcome: 'rejected', reason: 'wallet is frozen' },
    });
  });

  it('cannot keep an order from going on or from going back', () => {
    expect(decideOperation(undefined, frozen, earn(7)).posting?.wallet.points).toBe(37);
    expect(decideGiveBack(operation('DONE'), frozen, saga).posting?.wallet.points).toBe(40);
  });
});

describe('give back', () => {
  it('returns what was taken, as an entry of its own', () => {
    expect(decideGiveBack(operation('DONE'), wallet, saga)).toMatchObject({
      operation: { status: 'UNDONE', points: -10 },
      posting: {
        wallet: { ...wallet, points: 40, version: 5 },
        entry: { id: 's1:give-back', version: 5, kind: 'give-back', points: 10, balanceMinor: 0, saga },
      },
      answer: { outcome: 'done' },
    });
  });

  it('of what never was leaves a tombstone', () => {
    const decision = decideGiveBack(undefined, emptyWallet('ann'), saga);
    expect(decision).toMatchObject({
      operation: { status: 'UNDONE', userId: 'ann', points: 0 },
      posting: undefined,
      answer: { outcome: 'done' },
    });
    expect(decideOperation(decision.operation, wallet, redeem(10)).answer.outcome).toBe('rejected');
  });

  it.each(['REJECTED', 'UNDONE'] as const)('of what is %s returns nothing', (status) => {
    const decision = decideGiveBack(operation(status), wallet, saga);
    expect(decision).toEqual({ operation: undefined, posting: undefined, answer: { outcome: 'done' } });
  });
});

describe('earn and top up', () => {
  it('make a wallet for somebody who has none', () => {
    expect(decideOperation(undefined, emptyWallet('bob'), earn(7)).posting).toMatchObject({
      wallet: { userId: 'bob', points: 7, version: 1 },
      entry: { id: 's1:earn', kind: 'earn', points: 7 },
    });
    expect(decideOperation(undefined, emptyWallet('bob'), topUp).posting).toMatchObject({
      wallet: { userId: 'bob', balanceMinor: 100, version: 1 },
      entry: { id: 's1:top-up', kind: 'top-up', balanceMinor: 100 },
    });
  });

  it('refuse money of another currency, which the wallet cannot add up', () => {
    const decision = decideOperation(undefined, wallet, { ...topUp, currency: 'JPY' });
    expect(decision).toMatchObject({ operation: { status: 'REJECTED' }, posting: undefined });
    expect(decision.answer).toEqual({ outcome: 'rejected', reason: 'wallet is kept in USD, not in JPY' });
    expect(decideOperation(decision.operation, wallet, topUp).answer).toEqual(decision.answer);
  });

  it('write no entry for nothing, and are done', () => {
    expect(decideOperation(undefined, wallet, earn(0))).toMatchObject({
      operation: { status: 'DONE' },
      posting: undefined,
      answer: { outcome: 'done' },
    });
  });
});

it('no entry overdraws a wallet, whoever decided on it', () => {
  expect(() => post(wallet, { id: 'x', kind: 'redeem', points: -31, balanceMinor: 0 })).toThrow(/overdraws/);
  expect(() => post(wallet, { id: 'x', kind: 'top-up', points: 0, balanceMinor: -501 })).toThrow(/overdraws/);
});
