import type { Harvest, SagaRow, WalletEntryRow } from '../model/harvest.ts';
import { entriesBySaga, ordersById } from '../model/harvest-index.ts';
import { isEnded, subjectsById } from '../model/subject.ts';

/** Minor units that a card has to be charged for one point of loyalty. */
const MINOR_PER_EARNED_POINT = 100;

type Amounts = Pick<WalletEntryRow, 'kind' | 'points' | 'balanceMinor'>;

/**
 * What is wrong with the wallet entries of a saga that has ended; undefined when nothing is. A completed order has redeemed the
 * points that it was asked to and earned one for each 100 minor units charged; a completed payment has topped up its amount;
 * a compensated saga has given back what it redeemed, and neither earned nor topped up.
 */
export function walletDifference(harvest: Harvest, saga: SagaRow): string | undefined {
  const subject = subjectsById(harvest).get(saga.orderId);
  if (subject === undefined || !isEnded(saga)) return undefined;
  const entries = entriesBySaga(harvest).get(saga.id) ?? [];
  const due = [...dueEntries(harvest, saga, entries)];
  for (const entry of entries) {
    const { id, kind, points, balanceMinor, userId } = entry;
    const place = due.findIndex((one) => one.kind === kind);
    const [found] = place < 0 ? [] : due.splice(place, 1);
    if (found === undefined) return `wallet entry ${id} is one ${kind} too many (${amountsOf(entry)})`;
    if (found.points !== points || found.balanceMinor !== balanceMinor) {
      return `wallet entry ${id} is a ${kind} of ${amountsOf(entry)}, not of ${amountsOf(found)}`;
    }
    if (userId !== subject.userId) return `wallet entry ${id} is in the wallet of ${userId}, not of ${subject.userId}`;
  }
  const [missing] = due;
  return missing === undefined ? undefined : `there is no ${missing.kind} of ${amountsOf(missing)} in the wallet`;
}

function dueEntries(harvest: Harvest, saga: SagaRow, entries: readonly WalletEntryRow[]): readonly Amounts[] {
  const order = ordersById(harvest).get(saga.orderId);
  const amountMinor = subjectsById(harvest).get(saga.orderId)?.chargedMinor ?? 0;
  const redeemed = order?.redeemPoints ?? 0;
  const redeem: Amounts = { kind: 'redeem', points: -redeemed, balanceMinor: 0 };
  if (saga.state === 'COMPENSATED') {
    if (!entries.some(({ kind }) => kind === 'redeem')) return [];
    return [redeem, { kind: 'give-back', points: redeemed, balanceMinor: 0 }];
  }
  if (order === undefined) return [{ kind: 'top-up', points: 0, balanceMinor: amountMinor }];
  const earned = Math.floor(amountMinor / MINOR_PER_EARNED_POINT);
  return [
    ...(redeemed > 0 ? [redeem] : []),
    ...(earned > 0 ? [{ kind: 'earn' as const, points: earned, balanceMinor: 0 }] : []),
  ];
}

const amountsOf = ({ points, balanceMinor }: Amounts): string =>
  balanceMinor === 0 ? `${points} points` : `${balanceMinor} minor units`;
