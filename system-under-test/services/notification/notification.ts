import type { Channel } from '#sut/contract/command-data.ts';
import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';

export type NotificationKind = 'confirmation' | 'cancellation';

/** One message to one customer about the outcome of one saga. */
export interface Notification {
  readonly id: string;
  readonly sagaId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly kind: NotificationKind;
  /** Decided when the notification is written down, and never again. */
  readonly channel: Channel;
  /** `PENDING`: the provider's answer is outstanding. `FAILED`: the provider refuses it for good. */
  readonly status: 'PENDING' | 'SENT' | 'FAILED';
  /** Why the provider refuses it. */
  readonly reason?: string | undefined;
  /** The newest command whose reply is outstanding; present exactly while the provider's answer is. */
  readonly awaiting?: CommandOrigin | undefined;
}

/** A saga sends each kind once, so this names the notification, and is the provider's idempotency key. */
export const notificationIdOf = (sagaId: string, kind: NotificationKind): string => `ntf-${sagaId}-${kind}`;

/** What the customer reads. */
export function textOf({ kind, orderId }: Notification): string {
  // A payment saga is about a request that is named so.
  const subject = orderId.startsWith('payment-') ? `payment ${orderId}` : `order ${orderId}`;
  return kind === 'confirmation'
    ? `Your ${subject} is confirmed. Thank you!`
    : `Your ${subject} was cancelled. What was charged for it is paid back.`;
}
