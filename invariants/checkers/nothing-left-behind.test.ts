import { describe, expect, it } from 'vitest';
import type { Harvest } from '../model/harvest.ts';
import { describeInvariant, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { nothingLeftBehind } from './nothing-left-behind.ts';

const CLEAN = { processes: [], toxics: [], proxies: [], locks: [] };

const judge = (values: Readonly<Record<string, unknown>>, given: Partial<Harvest> = {}) =>
  verdictOf(nothingLeftBehind, new HistoryBuilder().observe('teardown', values).build(), harvestOf(given));

const order = (status: 'PENDING' | 'CONFIRMED' | 'CANCELLED') => ({
  orders: [{ id: 'o1', userId: 'u', sagaId: 's1', status, totalMinor: 1, redeemPoints: 0, currency: 'USD', items: [] }],
});
const saga = (state: 'RUNNING' | 'COMPENSATED') => ({
  sagas: [{ id: 's1', type: 'order', orderId: 'o1', state, version: 1 }],
});
const held = { reservations: [{ id: 'r1', productId: 'p1', orderId: 'o1', quantity: 1, status: 'RESERVED' as const }] };

const spent = {
  spendingHolds: [{ sagaId: 's1', orderId: 'o1', userId: 'u', amountMinor: 1, status: 'HELD' as const }],
};

describe('nothing-left-behind', () => {
  it.each<[string, Partial<Harvest>]>([
    ['an empty shop', {}],
    ['a hold for an order under way', { ...order('PENDING'), ...saga('RUNNING'), ...held }],
    ['a hold that was made directly', held],
    ['a limit that is spent', { ...order('CONFIRMED'), ...spent }],
    ['a limit that is held for an order under way', { ...order('PENDING'), ...saga('RUNNING'), ...spent }],
    ['a finished payment', { payments: [{ id: 'p', orderId: 'o1', amountMinor: 1, status: 'VOIDED' }] }],
  ])('holds for a clean teardown and %s', (_name, given) => {
    expect(judge(CLEAN, given).outcome).toBe('holds');
  });

  it.each(['processes', 'toxics', 'proxies', 'locks'])('is violated by %s that remain', (kind) => {
    expect(judge({ ...CLEAN, [kind]: ['x1'] }).violations).toMatchObject([
      { entity: kind, message: 'left after teardown: x1', events: [0] },
    ]);
  });

  it.each<[string, Partial<Harvest>, string]>([
    ['a hold for a cancelled order', { ...order('CANCELLED'), ...held }, 'reservation r1 of product p1'],
    ['a hold for a confirmed order', { ...order('CONFIRMED'), ...held }, 'reservation r1 of product p1'],
    ['a hold whose saga has ended', { ...saga('COMPENSATED'), ...held }, 'reservation r1 of product p1'],
    ['a limit that is held for a cancelled order', { ...order('CANCELLED'), ...spent }, 'spending limit of user u'],
    [
      'a limit that is held for a saga that was undone',
      { ...saga('COMPENSATED'), ...spent },
      'spending limit of user u',
    ],
    [
      'a payment that waits for nobody knows what',
      {
        paymentRequests: [{ id: 'payment-1', sagaId: 's1', userId: 'u', key: '', amountMinor: 1 }],
        payments: [{ id: 'p', orderId: 'payment-1', amountMinor: 1, status: 'PENDING' }],
      },
      'payment p of payment payment-1',
    ],
    [
      'a payment that waits',
      { payments: [{ id: 'p', orderId: 'o1', amountMinor: 1, status: 'PENDING' }] },
      'payment p of order o1',
    ],
    [
      'a refund that waits',
      { payments: [{ id: 'p', orderId: 'o1', amountMinor: 1, status: 'REVERSING' }] },
      'payment p of order o1',
    ],
    [
      'a message that waits',
      { notifications: [{ id: 'n', orderId: 'o1', kind: 'confirmation', status: 'PENDING' }] },
      'notification n of order o1',
    ],
  ])('is violated by %s', (_name, given, entity) => {
    expect(judge(CLEAN, given).violations).toMatchObject([{ entity }]);
  });

  it('judges the last teardown', () => {
    const builder = new HistoryBuilder().observe('teardown', { ...CLEAN, locks: ['l'] }).observe('teardown', CLEAN);
    expect(verdictOf(nothingLeftBehind, builder.build(), harvestOf()).outcome).toBe('holds');
  });

  it('is unknown without a teardown, or when it does not say everything', () => {
    expect(verdictOf(nothingLeftBehind, new HistoryBuilder().build(), harvestOf()).reason).toContain('no teardown');
    expect(judge({ processes: [], toxics: [], proxies: [] })).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('locks'),
    });
  });
});

describeInvariant(
  nothingLeftBehind,
  ['orders', 'sagas', 'reservations', 'spendingHolds', 'payments', 'notifications'],
  {
    'a limit is still held': ({ harvest }, pick) => {
      pick(harvest.spendingHolds.filter(({ orderId }) => orderId === 'o2')).status = 'HELD';
    },
    'something remains': ({ builder }, pick) => {
      builder.observe('teardown', { ...CLEAN, [pick(['processes', 'toxics', 'proxies', 'locks'])]: ['x'] });
    },
    'a reservation is still open': ({ harvest }, pick) => {
      pick(harvest.reservations).status = 'RESERVED';
    },
    'a payment is still open': ({ harvest }, pick) => {
      pick(harvest.payments).status = pick(['PENDING', 'REVERSING'] as const);
    },
    'a message is still open': ({ harvest }, pick) => {
      pick(harvest.notifications).status = 'PENDING';
    },
  },
);
