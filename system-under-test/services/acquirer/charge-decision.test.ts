import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEntry, decideCharge, decideReversal, isSameRequest, type KeyAccount } from './charge-decision.ts';
import type { ChargeEntry, ChargeRecord, ChargeRequest } from './charge-entry.ts';

const KEY = 'pay-1';
const request = (card = 'card-ok'): ChargeRequest => ({ order_id: 'o-1', amount_minor: 2999, currency: 'USD', card });

/** Folds the entries that the decisions make, as the ledger does. */
function ledgerOf(...decisions: ((account: KeyAccount) => ChargeRecord | undefined)[]) {
  const entries: ChargeEntry[] = [];
  let account: KeyAccount = {};
  for (const decide of decisions) {
    const record = decide(account);
    if (record === undefined) continue;
    const entry = { ...record, seq: entries.length + 1 };
    entries.push(entry);
    account = applyEntry(account, entry);
  }
  return { entries, account };
}
const charge = (card?: string) => (account: KeyAccount) => decideCharge(account, KEY, request(card));
const reverse = (account: KeyAccount) => decideReversal(account, KEY, 'o-1');

describe('a key of the acquirer', () => {
  it('captures once', () => {
    const { entries, account } = ledgerOf(charge(), charge());
    expect(entries).toEqual([{ kind: 'capture', idempotency_key: KEY, ...request(), seq: 1 }]);
    expect(account.charge?.answer).toEqual({ status: 'captured', chargeId: 'ch-1' });
  });

  it.each([
    ['card-declined', 'card-declined'],
    ['card-processor-error', 'processor-error'],
    ['card-of-nobody', 'unknown-card'],
  ])('declines %s, and goes on declining it', (card, reason) => {
    const { entries, account } = ledgerOf(charge(card), charge(card));
    expect(entries.map(({ kind }) => kind)).toEqual(['decline']);
    expect(account.charge?.answer).toEqual({ status: 'declined', reason });
  });

  it('refunds a capture once and keeps the amount', () => {
    const { entries, account } = ledgerOf(charge(), reverse, reverse);
    expect(entries.map((entry) => [entry.kind, entry.amount_minor])).toEqual([
      ['capture', 2999],
      ['refund', 2999],
    ]);
    expect(account.reversal).toBe('refunded');
  });

  it('takes no money from a charge that arrives after its reversal', () => {
    const { entries, account } = ledgerOf(reverse, charge(), reverse, charge());
    expect(entries.map(({ kind }) => kind)).toEqual(['void', 'decline']);
    expect(account).toMatchObject({
      reversal: 'voided',
      charge: { answer: { status: 'declined', reason: 'reversed' } },
    });
  });

  it('knows another request by each of its fields', () => {
    expect(isSameRequest(request(), request())).toBe(true);
    for (const other of [{ order_id: 'o-2' }, { amount_minor: 1 }, { currency: 'EUR' }, { card: 'card-declined' }]) {
      expect(isSameRequest(request(), { ...request(), ...other })).toBe(false);
    }
  });

  it('holds at most one capture and one reversal, and nothing taken once it is reversed, whatever arrives', () => {
    const step = fc.constantFrom(charge(), charge('card-declined'), reverse);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { entries, account } = ledgerOf(...steps);
        const count = (...kinds: string[]) => entries.filter(({ kind }) => kinds.includes(kind)).length;
        expect(count('capture', 'decline')).toBeLessThanOrEqual(1);
        expect(count('refund', 'void')).toBeLessThanOrEqual(1);
        const net = entries.reduce((sum, entry) => {
          if (entry.kind === 'capture') return sum + entry.amount_minor;
          return entry.kind === 'refund' ? sum - entry.amount_minor : sum;
        }, 0);
        const isTaken = account.charge?.answer.status === 'captured' && account.reversal === undefined;
        expect(net).toBe(isTaken ? 2999 : 0);
      }),
    );
  });
});
