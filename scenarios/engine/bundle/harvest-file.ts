import { z } from 'zod';
import type { Harvest } from '#invariants/model/harvest.ts';
import { harvestSchema } from './harvest-schema.ts';

/** Written into `harvest.json`; a file without a version is of format 1. */
const FORMAT_VERSION = 2;

/** What format 1 did not have: no user, wallet or event store, and no payment sagas. */
const SINCE_FORMAT_2 = [
  'users',
  'spendingHolds',
  'wallets',
  'walletEntries',
  'paymentRequests',
  'storedEvents',
] as const satisfies readonly (keyof Harvest)[];

/** The harvest as the object that stands in `harvest.json`. */
export const toHarvestFile = (harvest: Harvest): Harvest & { readonly formatVersion: number } => ({
  formatVersion: FORMAT_VERSION,
  ...harvest,
});

/**
 * `harvest.json` of every format. A file of format 1 is judged by what it has: each source that came later is empty and stands in
 * `unreadable`, so that claims which rest on it are unknown, and nobody takes "was not read" for "there was nothing". Its orders
 * redeemed no points: there were none to redeem.
 */
export const harvestFileSchema = z.preprocess(
  upgrade,
  harvestSchema
    .extend({ formatVersion: z.literal(FORMAT_VERSION) })
    .transform(({ formatVersion: _, ...harvest }): Harvest => harvest),
);

const formatOneSchema = z.looseObject({
  formatVersion: z.literal(1).optional(),
  orders: z.array(z.looseObject({})),
  unreadable: z.array(z.unknown()),
});

function upgrade(file: unknown): unknown {
  const old = formatOneSchema.safeParse(file);
  if (!old.success) return file;
  const missing = SINCE_FORMAT_2.filter((source) => old.data[source] === undefined);
  return {
    ...Object.fromEntries(missing.map((source) => [source, []])),
    ...old.data,
    formatVersion: FORMAT_VERSION,
    orders: old.data.orders.map((order) => ({ redeemPoints: 0, ...order })),
    unreadable: [
      ...old.data.unreadable,
      ...missing.map((source) => ({ source, reason: 'the bundle is of format 1, which does not hold it' })),
    ],
  };
}
