import { expect, test } from 'vitest';
import { harvestOf } from '#invariants/testing/empty-harvest.ts';
import { harvestFileSchema, toHarvestFile } from './harvest-file.ts';

const order = {
  id: 'o-1',
  userId: 'user-1',
  sagaId: 's-1',
  status: 'CONFIRMED',
  totalMinor: 100,
  currency: 'USD',
  items: [],
} as const;
const harvest = harvestOf({
  orders: [{ ...order, redeemPoints: 7 }],
  wallets: [{ userId: 'user-1', points: 3, balanceMinor: 5 }],
  unreadable: [{ source: 'topics', reason: 'broker down' }],
});

test('what is written is what is read', () => {
  expect(harvestFileSchema.parse(JSON.parse(JSON.stringify(toHarvestFile(harvest))))).toEqual(harvest);
});

test('format 1 is read: what it does not hold is unreadable, not empty', () => {
  const { users, spendingHolds, wallets, walletEntries, paymentRequests, storedEvents, ...old } = harvest;
  const read = harvestFileSchema.parse({ ...old, orders: [order] });
  expect(read).toMatchObject({ wallets: [], orders: [{ ...order, redeemPoints: 0 }] });
  expect(read.unreadable.map(({ source }) => source)).toEqual([
    'topics',
    ...['users', 'spendingHolds', 'wallets', 'walletEntries', 'paymentRequests', 'storedEvents'],
  ]);
});

test('a file of today without one of its sources is corrupt, and so is one of tomorrow', () => {
  const { wallets, ...torn } = toHarvestFile(harvest);
  expect(harvestFileSchema.safeParse(torn).success).toBe(false);
  expect(harvestFileSchema.safeParse({ ...toHarvestFile(harvest), formatVersion: 3 }).success).toBe(false);
});
