import { WALLET_CURRENCY } from '#sut/contract/api.ts';
import type { ReplyContent } from '#sut/platform/saga/reply-to.ts';
import { type Operation, operationIdOf, type Refusal } from './operation.ts';
import { type Posting, post, type Wallet } from './wallet.ts';

/** What a saga asks for: points taken are negative. */
export interface OperationRequest extends Omit<Operation, 'status' | 'refusal'> {
  /** Of the money; absent when only points are asked for. */
  readonly currency?: string;
}

/** What must be stored, all of it in one transaction; undefined where nothing changes. */
export interface OperationDecision {
  readonly operation: Operation | undefined;
  readonly posting: Posting | undefined;
  readonly answer: ReplyContent;
}

/** The saga asks for points or money to be taken or given; asked again it gets the same answer and nothing happens. */
export function decideOperation(
  operation: Operation | undefined,
  wallet: Wallet,
  request: OperationRequest,
): OperationDecision {
  if (operation !== undefined) return { operation: undefined, posting: undefined, answer: answerOf(operation) };
  const refusal = refusalOf(wallet, request);
  const { currency: _, ...asked } = request;
  const decided: Operation = { ...asked, status: refusal === undefined ? 'DONE' : 'REJECTED', refusal };
  const isEmpty = request.points === 0 && request.balanceMinor === 0;
  const { kind, points, balanceMinor, sagaId, orderId } = request;
  const posting =
    refusal !== undefined || isEmpty
      ? undefined
      : post(wallet, { id: operationIdOf(request), kind, points, balanceMinor, saga: { sagaId, orderId } });
  return { operation: decided, posting, answer: answerOf(decided) };
}

/**
 * The saga takes its redemption back; a frozen wallet is no obstacle. Giving back what was never taken leaves a
 * tombstone: the redemption may still be on its way. `wallet` is that of the operation's user.
 */
export function decideGiveBack(
  operation: Operation | undefined,
  wallet: Wallet,
  saga: Pick<Operation, 'sagaId' | 'orderId'>,
): OperationDecision {
  const answer: ReplyContent = { outcome: 'done' };
  if (operation === undefined) {
    const nothing = { userId: wallet.userId, kind: 'redeem', points: 0, balanceMinor: 0 } as const;
    const tombstone: Operation = { ...saga, ...nothing, status: 'UNDONE', refusal: undefined };
    return { operation: tombstone, posting: undefined, answer };
  }
  if (operation.status !== 'DONE') return { operation: undefined, posting: undefined, answer };
  const { sagaId, orderId, points } = operation;
  const draft = { id: `${sagaId}:give-back`, kind: 'give-back', points: -points, balanceMinor: 0 } as const;
  return {
    operation: { ...operation, status: 'UNDONE' },
    posting: post(wallet, { ...draft, saga: { sagaId, orderId } }),
    answer,
  };
}

/** Earned points are never refused: the order is behind its pivot and can only go on. */
function refusalOf(
  wallet: Wallet,
  { kind, points, currency = WALLET_CURRENCY }: OperationRequest,
): Refusal | undefined {
  if (kind === 'earn') return undefined;
  if (currency !== WALLET_CURRENCY) return { reason: `wallet is kept in ${WALLET_CURRENCY}, not in ${currency}` };
  if (wallet.isFrozen) return { reason: 'wallet is frozen' };
  if (wallet.points + points >= 0) return undefined;
  return { reason: 'too few points', details: { available_points: wallet.points, requested_points: -points } };
}

function answerOf({ status, refusal }: Operation): ReplyContent {
  switch (status) {
    case 'DONE':
      return { outcome: 'done' };
    case 'UNDONE':
      return { outcome: 'rejected', reason: 'points were given back' };
    case 'REJECTED': {
      const { reason, details } = refusal ?? { reason: 'rejected' };
      return { outcome: 'rejected', reason, ...(details === undefined ? {} : { data: details }) };
    }
  }
}
