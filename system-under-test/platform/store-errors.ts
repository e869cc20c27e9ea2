/** The database could not be reached or refused; the transaction certainly did not commit. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The connection broke during commit and the outcome could not be read back in time. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}
