/**
 * Work that the system still has to do, as seen in its stores and topics. All empty means quiescent. Two equal
 * activities mean that nothing moved in between: what is counted carries its versions.
 */
export interface SystemActivity {
  /** Sagas that are not terminal, `<id> <state> <step> v<version>`. */
  readonly sagas: readonly string[];
  /** Orders without a final status. */
  readonly orders: readonly string[];
  /** Committed outbox rows that their relay has not marked, per service. */
  readonly outbox: Readonly<Record<string, number>>;
  /** Data records that a consumer group has not committed yet, per group. */
  readonly lag: Readonly<Record<string, number>>;
  /** External work without an answer, per kind (`payments`, `notifications`). */
  readonly pending: Readonly<Record<string, number>>;
}

/** Key of `pending` for a look that could not be taken: what is outstanding is unknown. */
export const UNREADABLE = 'unreadable stores';

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

export const isQuiescent = (activity: SystemActivity): boolean =>
  activity.sagas.length === 0 &&
  activity.orders.length === 0 &&
  sum(activity.outbox) === 0 &&
  sum(activity.lag) === 0 &&
  sum(activity.pending) === 0;

/**
 * How many things have not come to their end. What carries them there (outbox, lag) comes and goes, so it counts less than any of
 * them, as a part of one: it decides only once they all have ended.
 */
export function outstandingIn({ sagas, orders, outbox, lag, pending }: SystemActivity): number {
  if (UNREADABLE in pending) return Number.POSITIVE_INFINITY;
  const carried = sum(outbox) + sum(lag);
  const unended = sagas.length + orders.length + sum(pending);
  return unended === 0 ? carried / (1 + carried) : unended;
}

/** One line for a person: what is outstanding, e.g. `3 sagas (s-1 RUNNING …), outbox payment 2, lag orchestrator 4`. */
export function describeActivity(activity: SystemActivity): string {
  const counts = (label: string, record: Readonly<Record<string, number>>): string[] =>
    Object.entries(record)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${label} ${name} ${count}`);
  const list = (label: string, entries: readonly string[]): string[] =>
    entries.length === 0
      ? []
      : [`${entries.length} ${label} (${entries.slice(0, 3).join('; ')}${entries.length > 3 ? '; …' : ''})`];
  const parts = [
    ...list('sagas', activity.sagas),
    ...list('orders', activity.orders),
    ...counts('outbox', activity.outbox),
    ...counts('lag', activity.lag),
    ...counts('pending', activity.pending),
  ];
  return parts.length === 0 ? 'nothing outstanding' : parts.join(', ');
}
