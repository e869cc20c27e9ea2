/** Something did not end in its time. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * The promise's outcome, or `DeadlineError` after `timeoutMs`. The work itself goes on: use it only where that is
 * harmless, such as closing a connection that may hang.
 */
export async function within<T>(promise: PromiseLike<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  // The loser of the race may reject later; nobody is listening then.
  promise.then(undefined, () => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
