/** Node's waits reject with an `AbortError` whoever ended them, Ctrl-C or a bound in time: its cause tells. Anything else is as it was thrown. */
export function endOfWait(thrown: unknown): unknown {
  const isWait = thrown instanceof Error && thrown.name === 'AbortError' && thrown.cause instanceof Error;
  return isWait ? thrown.cause : thrown;
}
