import { checkCardMoney } from '../clauses/card-money.ts';
import { checkSpendingLimits } from '../clauses/spending-limits.ts';
import { checkWallets } from '../clauses/wallets.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';

/**
 * Every amount agrees, to the minor unit and the point. Cards: an order's total is the sum of its items, its card is charged the
 * total without the points, a payment's card its amount; what the payment service believes it holds is what the acquirer's ledger says;
 * and over all, captured minus refunded is what confirmed orders and completed payments owe. Wallets: points and balance are the sums
 * of their entries and not negative, and the entries are those that the ended sagas owe. Spending limits: what is spent is
 * what is HELD, each hold what its order's card is charged, and none exceeds its limit. Unknown when no money moved.
 */
export const moneyIsConserved = defineInvariant({
  name: 'money-is-conserved',
  summary: 'cards, wallets and spending limits agree with what orders and payments owe, one by one and in total',
  needs: [
    'orders',
    'paymentRequests',
    'sagas',
    'payments',
    'acquirer',
    'wallets',
    'walletEntries',
    'users',
    'spendingHolds',
  ],
  check(history, harvest) {
    const findings = new Findings();
    const { owed, held } = checkCardMoney(history, harvest, findings);
    checkWallets(history, harvest, findings);
    checkSpendingLimits(history, harvest, findings);
    const moved = harvest.acquirer.filter((entry) => entry.kind === 'capture').length;
    const counts = {
      orders: harvest.orders.length,
      payments: harvest.paymentRequests.length,
      captures: moved,
      owedMinor: owed,
      heldMinor: held,
      walletEntries: harvest.walletEntries.length,
      spendingHolds: harvest.spendingHolds.length,
    };
    return findings.verdict(counts, moved, 'no money moved: the acquirer captured nothing');
  },
});
