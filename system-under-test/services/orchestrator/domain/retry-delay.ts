import type { RetryPolicy } from './saga-definition.ts';

/**
 * How long to wait for the answer to the given attempt (1, 2, 3 …) before the next one. Attempts that are counted
 * wait equally long; work repeated for ever doubles its wait up to the policy's longest.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, forEver: boolean): number {
  if (!forEver) return policy.stepTimeoutMs;
  // 2 ** 20 already exceeds every sensible limit; beyond it the product would only lose precision.
  const doubledMs = policy.stepTimeoutMs * 2 ** Math.min(attempt - 1, 20);
  return Math.min(doubledMs, Math.max(policy.maxRetryDelayMs, policy.stepTimeoutMs));
}
