import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';

/** How a client saw an order (`get-order`) or a payment (`get-payment`); `events` are the indexes of question and answer. */
export interface SubjectRead {
  readonly subjectId: string;
  /** The final status that it saw; empty when it found nothing. */
  readonly status: string;
  readonly events: readonly [number, number];
}

/** The reads that bind the system: the first of each final status, and every one that found nothing. */
export interface SubjectReads {
  readonly orders: readonly SubjectRead[];
  readonly payments: readonly SubjectRead[];
  readonly notFound: readonly SubjectRead[];
}

export const subjectReads = memoize((history: History): SubjectReads => {
  const notFound: SubjectRead[] = [];
  const orders = { op: 'get-order', idField: 'order_id', statusField: 'status', final: ['CONFIRMED', 'CANCELLED'] };
  const payments = {
    op: 'get-payment',
    idField: 'payment_id',
    statusField: 'state',
    final: ['COMPLETED', 'COMPENSATED'],
  };
  return {
    orders: finalReads(history, orders, notFound),
    payments: finalReads(history, payments, notFound),
    notFound,
  };
});

interface Read {
  readonly op: string;
  readonly idField: string;
  readonly statusField: string;
  readonly final: readonly string[];
}

function finalReads(
  history: History,
  { op, idField, statusField, final }: Read,
  notFound: SubjectRead[],
): readonly SubjectRead[] {
  const reads: SubjectRead[] = [];
  const seen = final.map(() => new Set<string>());
  for (const [{ index, input }, answer] of history.pairs(op)) {
    const subjectId = input[idField];
    if (answer === undefined || typeof subjectId !== 'string') continue;
    if (answer.type === 'fail' && answer.error?.startsWith('404')) {
      notFound.push({ subjectId, status: '', events: [index, answer.index] });
    }
    const status = answer.type === 'ok' ? answer.output?.[statusField] : undefined;
    const place = typeof status === 'string' ? final.indexOf(status) : -1;
    if (place < 0 || typeof status !== 'string' || seen[place]?.has(subjectId) !== false) continue;
    seen[place].add(subjectId);
    reads.push({ subjectId, status, events: [index, answer.index] });
  }
  return reads;
}
