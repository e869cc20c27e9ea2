import {
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** The engine or the platform asks for another try of the whole transaction. */
export class TransactionConflict extends Error {
  constructor(cause: unknown) {
    super('transaction conflict', { cause });
  }
}

const DUPLICATE_KEY = 11_000;

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

const WRITE_CONFLICT = 112;

/** Somebody else was faster: another try may succeed at once, unless many try. */
export const isConflict = (error: unknown): boolean =>
  error instanceof TransactionConflict || (error instanceof MongoServerError && error.code === WRITE_CONFLICT);

/** The transaction did not happen and may be run again as a whole. */
export const isTransient = (error: unknown): boolean =>
  error instanceof TransactionConflict ||
  (error instanceof MongoError && error.hasErrorLabel(MongoErrorLabel.TransientTransactionError));

/** The commit may have happened; committing again gives the true answer. */
export const isCommitUnknown = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel(MongoErrorLabel.UnknownTransactionCommitResult);

/** No answer: nobody to talk to, connection lost, server stepping down or shutting down. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoTopologyClosedError) return true;
  if (!(error instanceof MongoError)) return false;
  return (
    error.hasErrorLabel(MongoErrorLabel.RetryableWriteError) ||
    error.name === 'MongoWaitQueueTimeoutError' ||
    error.name === 'MongoPoolClearedError' ||
    error.name === 'MongoOperationTimeoutError' ||
    error.name === 'MongoNotConnectedError'
  );
}
