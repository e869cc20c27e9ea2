import { recordAggregates } from '../model/aggregates.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { count, replayedStates } from '../model/replayed-states.ts';

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
  const { statuses, told } = replayedStates(harvest);
  const { aggregates } = recordAggregates(harvest);
  const hop = `${topic} -> event store`;
  let known = 0;
  for (const { id, status } of rows) {
    const aggregate = aggregates.find(topic, id);
    const found = statuses[aggregate];
    if (found !== undefined) known += 1;
    if (found === status || untold.has(status)) continue;
    const says = found === undefined ? 'knows nothing of it' : `says ${found}`;
    findings.violate(`it is ${status}, the event store ${says}`, { entity: `${what} ${id}`, hop });
  }
  if ((told.get(topic) ?? 0) === known) return;
  const ids = new Set(rows.map(({ id }) => id));
  for (const [id, aggregate] of aggregates.in(topic)) {
    const status = statuses[aggregate];
    if (status === undefined || ids.has(id)) continue;
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
  for (const [orderId, status] of holds) {
    if (orderIds.has(orderId)) continue;
    findings.violate(`the event store says ${status}, but it does not exist`, {
      entity: `hold of order ${orderId}`,
      hop,
    });
  }
}

/** Every entry has its event and the other way round, counted by order and by user: a wrong owner shows in the second. */
function checkEntries(harvest: Harvest, findings: Findings): void {
  const { entriesByOrder, entriesByUser } = replayedStates(harvest);
  const byOrder = new Map<string, Map<string, number>>();
  const byUser = new Map<string, Map<string, number>>();
  for (const { kind, userId, orderId } of harvest.walletEntries) {
    count(byOrder, kind, orderId);
    count(byUser, kind, userId);
  }
  compare(entriesByOrder, byOrder, (id) => (id === '' ? 'all grants' : id), findings);
  compare(entriesByUser, byUser, (id) => `user ${id}`, findings);
}

type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;
const NO_COUNTS: ReadonlyMap<string, number> = new Map();

function compare(told: Counts, kept: Counts, nameOf: (id: string) => string, findings: Findings): void {
  const hop = 'wallet.events -> event store';
  const violate = (kind: string, id: string, events: number, entries: number): void =>
    findings.violate(`${entries} ${kind} in the wallet, the event store tells of ${events}`, {
      entity: `wallet entries of ${nameOf(id)}`,
      hop,
    });
  for (const kind of new Set([...told.keys(), ...kept.keys()])) {
    const events = told.get(kind) ?? NO_COUNTS;
    const entries = kept.get(kind) ?? NO_COUNTS;
    for (const [id, number] of entries) if (events.get(id) !== number) violate(kind, id, events.get(id) ?? 0, number);
    for (const [id, number] of events) if (!entries.has(id)) violate(kind, id, number, 0);
  }
}
