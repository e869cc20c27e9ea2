import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { callJson } from '#sut/platform/http/call-json.ts';
import type { DeliveryResult } from './decide-notification.ts';
import { type Notification, textOf } from './notification.ts';

/** Longer than any healthy answer. */
const ANSWER_TIMEOUT_MS = 1_500;

/** 4xx that say "not now" and not "never": request timeout, too early, too many requests. */
const TRANSIENT_REFUSALS: readonly number[] = [408, 425, 429];

/** The provider answered something that decides nothing; whether it delivered is unknown, so the call is repeated. */
class UndecidedDeliveryError extends Error {
  override readonly name = 'UndecidedDeliveryError';
}

/**
 * Hands the message to the provider, under the notification's id as idempotency key. Rejects when the outcome is
 * unknown: no answer, a server error, or a refusal that may pass.
 */
export async function requestDelivery(
  baseUrl: string,
  notification: Notification,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const { status, body } = await callJson({
    method: 'POST',
    url: `${baseUrl}/messages`,
    headers: { [IDEMPOTENCY_KEY_HEADER]: notification.id },
    body: {
      notification_id: notification.id,
      order_id: notification.orderId,
      user_id: notification.userId,
      kind: notification.kind,
      channel: notification.channel,
      text: textOf(notification),
    },
    timeoutMs: ANSWER_TIMEOUT_MS,
    signal,
  });
  if (status === 202) return { kind: 'delivered' };
  const answer = `${status} ${JSON.stringify(body)}`;
  if (status >= 400 && status < 500 && !TRANSIENT_REFUSALS.includes(status)) return { kind: 'refused', reason: answer };
  throw new UndecidedDeliveryError(`the message provider answered ${answer} to ${notification.id}; it is repeated`);
}
