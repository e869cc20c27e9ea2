import type { ChargeEntry, ChargeRecord, ChargeRequest } from './charge-entry.ts';

export type ChargeAnswer =
  | { readonly status: 'captured'; readonly chargeId: string }
  | { readonly status: 'declined'; readonly reason: string };

export type ReversalStatus = 'refunded' | 'voided';

/** Everything that happened under one idempotency key, folded from its entries. */
export interface KeyAccount {
  readonly charge?: { readonly request: ChargeRequest; readonly answer: ChargeAnswer };
  readonly reversal?: ReversalStatus;
}

/** Folds an entry into its key's account: the only way an account changes, at run time as after a restart. */
export function applyEntry(account: KeyAccount, entry: ChargeEntry): KeyAccount {
  switch (entry.kind) {
    case 'capture':
      return { ...account, charge: { request: entry, answer: { status: 'captured', chargeId: `ch-${entry.seq}` } } };
    case 'decline':
      return { ...account, charge: { request: entry, answer: { status: 'declined', reason: entry.reason } } };
    case 'refund':
      return { ...account, reversal: 'refunded' };
    case 'void':
      return { ...account, reversal: 'voided' };
  }
}

/** What a charge adds to the ledger; nothing when the key was charged before, whatever the request says. */
export function decideCharge(account: KeyAccount, key: string, request: ChargeRequest): ChargeRecord | undefined {
  if (account.charge !== undefined) return undefined;
  // Reversed before it ever arrived: a charge that was late on the wire must not take money any more.
  const reason = account.reversal === 'voided' ? 'reversed' : declineReason(request.card);
  const charged = { idempotency_key: key, ...request };
  return reason === undefined ? { kind: 'capture', ...charged } : { kind: 'decline', ...charged, reason };
}

/**
 * What a reversal adds to the ledger: a refund of the key's capture, or else a void, which forbids the key; nothing
 * when the key was reversed before. `orderId` only labels the entry of a key that was never charged.
 */
export function decideReversal(account: KeyAccount, key: string, orderId: string): ChargeRecord | undefined {
  const { charge, reversal } = account;
  if (reversal !== undefined) return undefined;
  const entry = { idempotency_key: key, order_id: charge?.request.order_id ?? orderId };
  return charge?.answer.status === 'captured'
    ? { kind: 'refund', ...entry, amount_minor: charge.request.amount_minor }
    : { kind: 'void', ...entry, amount_minor: 0 };
}

/** One key is one request; its use for another one is the caller's mistake and must not be answered as if it were new. */
export function isSameRequest(a: ChargeRequest, b: ChargeRequest): boolean {
  return (
    a.order_id === b.order_id && a.amount_minor === b.amount_minor && a.currency === b.currency && a.card === b.card
  );
}

/** The test cards of the public contract; a card that nobody issued is declined like any other bad card. */
function declineReason(card: string): string | undefined {
  switch (card) {
    case 'card-ok':
      return undefined;
    case 'card-declined':
      return 'card-declined';
    case 'card-processor-error':
      return 'processor-error';
    default:
      return 'unknown-card';
  }
}
