import pg from 'pg';

/**
 * What an error means for a transaction: `retry` (the engine says try again), `unavailable` (no answer, or the
 * server is going down or coming up: the connection is of no use any more), `other` (the statement was refused).
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export type ErrorMeaning = 'retry' | 'unavailable' | 'other';

const RETRY_CODES: ReadonlySet<string> = new Set(['40001', '40P01']);
/**
 * Shutdowns, starting up, too many connections, cancelled by statement_timeout or by the idle-in-transaction limit, and a
 * primary that has become a replica (25006): the next connection leads to the one that took over.
 */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  ...['57P01', '57P02', '57P03', '57P05', '57014', '53300', '25P03'],
  '25006',
]);
const SILENCE = /timeout|terminated|not queryable|Connection ended|connection error|client was closed/i;

export function meaningOf(error: unknown): ErrorMeaning {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    if (RETRY_CODES.has(code)) return 'retry';
    return UNAVAILABLE_CODES.has(code) || code.startsWith('08') ? 'unavailable' : 'other';
  }
  if (!(error instanceof Error)) return 'other';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Only socket errors and the driver's own, not an error of the same words thrown by the work.
  if (/^E[A-Z]+$/.test(code) || error instanceof AggregateError) return 'unavailable';
  return error.constructor === Error && SILENCE.test(error.message) ? 'unavailable' : 'other';
}
