import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { callJson, type JsonAnswer } from '#sut/platform/http/call-json.ts';
import type { AcquirerResult } from './decide-payment.ts';
import type { Payment } from './payment.ts';

/** Longer than any healthy answer, shorter than the saga's patience with the step. */
const ANSWER_TIMEOUT_MS = 1_500;

const capturedSchema = z.object({ status: z.literal('captured'), charge_id: z.string() });
const declinedSchema = z.object({ status: z.literal('declined'), reason: z.string() });
const reversedSchema = z.object({ status: z.enum(['refunded', 'voided']) });

/** The acquirer answered something that decides nothing; whether it acted is unknown, so the call must be repeated. */
class UndecidedAnswerError extends Error {
  override readonly name = 'UndecidedAnswerError';
}

/**
 * Asks the acquirer to charge. Only an explicit decline (402) is a decline; no answer, a server error or an answer
 * that cannot be read rejects and means *unknown*: the money may be taken.
 */
export async function requestCharge(baseUrl: string, payment: Payment, signal: AbortSignal): Promise<AcquirerResult> {
  const answer = await callJson({
    method: 'POST',
    url: `${baseUrl}/charges`,
    headers: { [IDEMPOTENCY_KEY_HEADER]: payment.id },
    body: {
      order_id: payment.orderId,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      card: payment.card,
    },
    timeoutMs: ANSWER_TIMEOUT_MS,
    signal,
  });
  if (answer.status === 201) {
    const captured = capturedSchema.safeParse(answer.body);
    if (captured.success) return { kind: 'captured', chargeId: captured.data.charge_id };
  }
  if (answer.status === 402) {
    const declined = declinedSchema.safeParse(answer.body);
    if (declined.success) return { kind: 'declined', reason: declined.data.reason };
  }
  throw undecided('charge', payment, answer);
}

/** Asks the acquirer to give back what the payment's key took, or to forbid it. Rejects when the outcome is unknown. */
export async function requestReversal(baseUrl: string, payment: Payment, signal: AbortSignal): Promise<AcquirerResult> {
  const answer = await callJson({
    method: 'POST',
    url: `${baseUrl}/charges/${encodeURIComponent(payment.id)}/reverse`,
    body: { order_id: payment.orderId },
    timeoutMs: ANSWER_TIMEOUT_MS,
    signal,
  });
  const reversed = answer.status === 200 ? reversedSchema.safeParse(answer.body) : undefined;
  if (reversed?.success) return { kind: reversed.data.status };
  throw undecided('reversal', payment, answer);
}

function undecided(what: string, payment: Payment, { status, body }: JsonAnswer): UndecidedAnswerError {
  return new UndecidedAnswerError(
    `the acquirer answered ${status} to the ${what} of ${payment.id}: ${JSON.stringify(body)}; it is repeated`,
  );
}
