import type { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { entryKey, replayedStates } from '../model/replayed-states.ts';

interface Aggregates {
  readonly topic: string;
  readonly what: string;
  readonly rows: readonly { readonly id: string; readonly status: string }[];
  /** Statuses that no event tells of: something is still outstanding. */
  readonly untold: ReadonlySet<string>;
}

const ALL_TOLD: ReadonlySet<string> = new Set();

/** What the events say, played one after the other, is what the services' stores say, in both directions. */
export function checkReplay(harvest: Harvest, findings: Findings): void {
  const { orders, payments, reservations, notifications, sagas } = harvest;
  const states = sagas.map(({ id, state }) => ({ id, status: state }));
  const told: readonly Aggregates[] = [
    { topic: 'order.events', what: 'order', rows: orders, untold: ALL_TOLD },
    { topic: 'payment.events', what: 'payment', rows: payments, untold: new Set(['PENDING', 'REVERSING']) },
    { topic: 'inventory.events', what: 'reservation', rows: reservations, untold: ALL_TOLD },
    { topic: 'notification.events', what: 'notification', rows: notifications, untold: new Set(['PENDING']) },
    { topic: 'saga.events', what: 'saga', rows: states, untold: ALL_TOLD },
  ];
  for (const aggregates of told) checkStatuses(harvest, aggregates, findings);
  checkHolds(harvest, findings);
  checkEntries(harvest, findings);
}

function checkStatuses(harvest: Harvest, { topic, what, rows, untold }: Aggregates, findings: Findings): void {
  const replayed = replayedStates(harvest).statuses.get(topic);
  const hop = `${topic} -> event store`;
  let known = 0;
  for (const { id, status } of rows) {
    const found = replayed?.get(id);
    if (found !== undefined) known += 1;
    if (found === status || untold.has(status)) continue;
    const says = found === undefined ? 'knows nothing of it' : `says ${found}`;
    findings.violate(`it is ${status}, the event store ${says}`, { entity: `${what} ${id}`, hop });
  }
  if (replayed === undefined || replayed.size === known) return;
  const ids = new Set(rows.map(({ id }) => id));
  for (const [id, status] of replayed) {
    if (!ids.has(id))
      findings.violate(`the event store says ${status}, but it does not exist`, { entity: `${what} ${id}`, hop });
  }
}

/** A hold that was released before it was asked for is told by no event. */
function checkHolds(harvest: Harvest, findings: Findings): void {
  const { holds } = replayedStates(harvest);
  const hop = 'user.events -> event store';
  const orderIds = new Set<string>();
  for (const { orderId, status } of harvest.spendingHolds) {
    orderIds.add(orderId);
    const found = holds.get(orderId);
    if (found === status || (found === undefined && status === 'RELEASED')) continue;
    findings.violate(`it is ${status}, the event store says ${found ?? 'nothing'}`, {
      entity: `hold of order ${orderId}`,
      hop,
    });
  }
  if (holds.size === orderIds.size) return;
  for (const [orderId, status] of holds) {
    if (orderIds.has(orderId)) continue;
    findings.violate(`the event store says ${status}, but it does not exist`, {
      entity: `hold of order ${orderId}`,
      hop,
    });
  }
}

function checkEntries(harvest: Harvest, findings: Findings): void {
  const counts = new Map(replayedStates(harvest).entries);
  for (const { kind, userId, orderId } of harvest.walletEntries) {
    const key = entryKey(kind, userId, orderId);
    counts.set(key, (counts.get(key) ?? 0) - 1);
  }
  for (const [key, surplus] of counts) {
    if (surplus === 0) continue;
    const [kind, userId, orderId] = key.split('\n');
    const of = orderId === '' ? '' : ` of ${orderId}`;
    const message =
      surplus > 0
        ? `the event store tells of ${surplus} ${kind}${of} that the wallet does not have`
        : `the wallet has ${-surplus} ${kind}${of} that the event store does not tell of`;
    findings.violate(message, { entity: `wallet of user ${userId}`, hop: 'wallet.events -> event store' });
  }
}
