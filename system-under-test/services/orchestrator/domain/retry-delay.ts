import type { RetryPolicy } from './saga-definition.ts';

/**
 * How long to wait for the answer to the given attempt (1, 2, 3 …) before the next one: at first for the policy's step timeout, or as
 * long as the participant is known to take (`answerMs`), then twice as long each time, up to the policy's longest, which is
 * longer for a participant known to take longer: its answer will come, and another command only delays it. Also where attempts are counted: with equal waits, participants that are merely behind get more to do the further behind they are, and
 * a short outage ends in all sagas being called off.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, answerMs = 0): number {
  const firstMs = Math.max(policy.stepTimeoutMs, answerMs);
  // 2 ** 20 already exceeds every sensible limit; beyond it the product would only lose precision.
  const doubledMs = firstMs * 2 ** Math.min(attempt - 1, 20);
  const knownMs = Math.min(answerMs, policy.maxAnswerMs);
  return Math.min(doubledMs, Math.max(policy.maxRetryDelayMs, policy.stepTimeoutMs, knownMs));
}
