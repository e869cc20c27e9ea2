import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';

/** How a client saw an order (`get-order`) or a payment (`get-payment`); `events` are the indexes of question and answer. */
export interface SubjectRead {
  readonly subjectId: string;
  /** The final status that it saw; empty when it found nothing. */
  readonly status: string;
  readonly events: readonly [number, number];
}

/** A final status that a client saw, and what a client who asked after that answer saw instead. */
export interface ChangedRead {
  readonly subjectId: string;
  readonly final: string;
  readonly later: string;
  readonly events: readonly number[];
}

/** The reads that bind the system: the first of each final status, and every one that found nothing. */
export interface SubjectReads {
  readonly orders: readonly SubjectRead[];
  readonly payments: readonly SubjectRead[];
  readonly notFound: readonly SubjectRead[];
  readonly changed: readonly ChangedRead[];
}

export const subjectReads = memoize((history: History): SubjectReads => {
  const notFound: SubjectRead[] = [];
  const changed: ChangedRead[] = [];
  const orders = { op: 'get-order', idField: 'order_id', statusField: 'status', final: ['CONFIRMED', 'CANCELLED'] };
  const payments = {
    op: 'get-payment',
    idField: 'payment_id',
    statusField: 'state',
    final: ['COMPLETED', 'COMPENSATED'],
  };
  return {
    orders: finalReads(history, orders, notFound, changed),
    payments: finalReads(history, payments, notFound, changed),
    notFound,
    changed,
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
  changed: ChangedRead[],
): readonly SubjectRead[] {
  const reads: SubjectRead[] = [];
  /** Of each subject, the final read that was answered first. */
  const first = new Map<string, SubjectRead>();
  const all: SubjectRead[] = [];
  const seen = final.map(() => new Set<string>());
  for (const [{ index, input }, answer] of history.pairs(op)) {
    const subjectId = input[idField];
    if (answer === undefined || typeof subjectId !== 'string') continue;
    if (answer.type === 'fail' && answer.error?.startsWith('404')) {
      notFound.push({ subjectId, status: '', events: [index, answer.index] });
    }
    const status = answer.type === 'ok' ? answer.output?.[statusField] : undefined;
    if (typeof status !== 'string') continue;
    const read: SubjectRead = { subjectId, status, events: [index, answer.index] };
    all.push(read);
    const place = final.indexOf(status);
    if (place < 0) continue;
    if (answer.index < (first.get(subjectId)?.events[1] ?? Number.POSITIVE_INFINITY)) first.set(subjectId, read);
    if (seen[place]?.has(subjectId) !== false) continue;
    seen[place].add(subjectId);
    reads.push(read);
  }
  for (const { subjectId, status, events } of all) {
    const before = first.get(subjectId);
    if (before === undefined || before.status === status || events[0] < before.events[1]) continue;
    changed.push({ subjectId, final: before.status, later: status, events: [...before.events, ...events] });
  }
  return reads;
}
