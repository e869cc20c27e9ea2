/** Why an operation was refused, kept so that the same command gets the same answer. */
export interface Refusal {
  readonly reason: string;
  readonly details?: Readonly<Record<string, number>>;
}

export const OPERATION_KINDS = ['redeem', 'earn', 'top-up'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/**
 * `DONE`: its entry is written (none for a change of nothing). `REJECTED` changed nothing. `UNDONE`: another entry has
 * undone it, or it was born so: a tombstone that makes a command arriving later do nothing.
 */
export const OPERATION_STATUSES = ['DONE', 'REJECTED', 'UNDONE'] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** What one saga asked of a wallet and was answered; one per saga and kind. */
export interface Operation {
  readonly sagaId: string;
  readonly orderId: string;
  /** Empty for a tombstone whose compensation did not say whose wallet it is about. */
  readonly userId: string;
  readonly kind: OperationKind;
  /** Signed change of the wallet. */
  readonly points: number;
  readonly balanceMinor: number;
  readonly status: OperationStatus;
  readonly refusal: Refusal | undefined;
}

export const operationIdOf = ({ sagaId, kind }: Pick<Operation, 'sagaId' | 'kind'>): string => `${sagaId}:${kind}`;
