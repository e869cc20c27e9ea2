import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { acknowledgementOf, type PlaceOrder, placeOrders } from '../model/place-orders.ts';

/**
 * One idempotency key of one user is one order: all its acknowledgements name the same order and saga, none was given to a second
 * body, the order service remembers exactly that order, different keys have different orders, a key whose
 * every request was refused has none, and no order is stored that nobody asked for. Unknown when no request with a key was acknowledged.
 */
export const requestsAreIdempotent = defineInvariant({
  name: 'requests-are-idempotent',
  summary: 'one idempotency key: one order, one saga, one answer',
  needs: ['orders', 'idempotencyKeys'],
  check(history, harvest) {
    const findings = new Findings();
    const users = groupRequests(history);
    const ownerOfOrder = new Map<string, KeyGroup>();
    let keys = 0;
    let repeated = 0;
    let acknowledged = 0;
    for (const user of users.values()) {
      for (const group of user.keys.values()) {
        keys += 1;
        if (group.requests.length > 1) repeated += 1;
        if (group.first !== undefined) acknowledged += 1;
        checkAnswers(group, ownerOfOrder, findings);
      }
    }
    checkMemory(users, harvest, findings);
    checkUnasked(history, users, harvest, findings);
    const counts = { keys, repeated, acknowledged, stored: harvest.idempotencyKeys.length };
    return findings.verdict(counts, acknowledged, 'no request with an idempotency key was acknowledged');
  },
});

interface KeyGroup {
  readonly userId: string;
  readonly key: string;
  readonly requests: PlaceOrder[];
  /** The first request that was acknowledged. */
  first: PlaceOrder | undefined;
  /** Whether one of the requests may have had an effect: not all were refused. */
  mayExist: boolean;
  /** Order that the order service remembers for the key. */
  storedOrderId: string | undefined;
}

interface UserRequests {
  readonly keys: Map<string, KeyGroup>;
  /** Requests without a key that may have had an effect. */
  keyless: number;
}

function groupRequests(history: History): Map<string, UserRequests> {
  const users = new Map<string, UserRequests>();
  for (const request of placeOrders(history)) {
    const { userId, key } = request;
    let user = users.get(userId);
    if (user === undefined) {
      user = { keys: new Map(), keyless: 0 };
      users.set(userId, user);
    }
    if (key === '') {
      if (request.end !== 'fail') user.keyless += 1;
      continue;
    }
    let group = user.keys.get(key);
    if (group === undefined) {
      group = { userId, key, requests: [], first: undefined, mayExist: false, storedOrderId: undefined };
      user.keys.set(key, group);
    }
    group.requests.push(request);
    if (request.end !== 'fail') group.mayExist = true;
    if (request.end === 'ok') group.first ??= request;
  }
  return users;
}

const entityOf = (userId: string, key: string): string => `key ${key} of user ${userId}`;
const eventsOf = (requests: readonly PlaceOrder[]): readonly number[] =>
  requests.flatMap((request) => [request.invocation, request.completion]);

function checkAnswers(group: KeyGroup, ownerOfOrder: Map<string, KeyGroup>, findings: Findings): void {
  const { first, requests } = group;
  if (first === undefined) return;
  const entity = entityOf(group.userId, group.key);
  for (const request of requests) {
    if (request.end !== 'ok' || request === first) continue;
    const events = eventsOf([first, request]);
    if (request.orderId !== first.orderId || request.sagaId !== first.sagaId) {
      const message = `answered with order ${first.orderId} (saga ${first.sagaId}) and with ${request.orderId} (saga ${request.sagaId})`;
      findings.violate(message, { entity, hop: 'client -> order', events });
    }
    if (request.bodyId !== first.bodyId) {
      findings.violate('used again with another body, which was accepted and not refused', {
        entity,
        hop: 'client -> order',
        events,
      });
    }
  }
  const owner = ownerOfOrder.get(first.orderId);
  if (owner === undefined) ownerOfOrder.set(first.orderId, group);
  else {
    findings.violate(`answered with order ${first.orderId}, which belongs to ${entityOf(owner.userId, owner.key)}`, {
      entity,
      hop: 'client -> order',
      events: eventsOf(owner.first === undefined ? [first] : [owner.first, first]),
    });
  }
}

function checkMemory(users: ReadonlyMap<string, UserRequests>, harvest: Harvest, findings: Findings): void {
  for (const { userId, key, orderId } of harvest.idempotencyKeys) {
    const group = users.get(userId)?.keys.get(key);
    if (group === undefined) continue;
    const place = { entity: entityOf(userId, key), hop: 'order -> idempotency key', events: eventsOf(group.requests) };
    if (group.storedOrderId !== undefined && group.storedOrderId !== orderId) {
      findings.violate(`stored for two orders, ${group.storedOrderId} and ${orderId}`, place);
    }
    group.storedOrderId = orderId;
    if (!group.mayExist) findings.violate(`every request was refused, but order ${orderId} is stored for it`, place);
    if (group.first !== undefined && group.first.orderId !== orderId) {
      findings.violate(`answered with order ${group.first.orderId}, but stored for ${orderId}`, place);
    }
  }
  for (const { keys } of users.values()) {
    for (const { first, storedOrderId, userId, key } of keys.values()) {
      if (first === undefined || storedOrderId !== undefined) continue;
      findings.violate(`answered with order ${first.orderId}, but the key is not stored`, {
        entity: entityOf(userId, key),
        hop: 'order -> idempotency key',
        events: eventsOf([first]),
      });
    }
  }
}

/** A second order made for one request is stored under no key of the client: it shows in the number of a user's orders. */
function checkUnasked(
  history: History,
  users: ReadonlyMap<string, UserRequests>,
  harvest: Harvest,
  findings: Findings,
): void {
  const stored = new Map<string, string[]>();
  for (const { id, userId } of harvest.orders) {
    const ids = stored.get(userId);
    if (ids === undefined) stored.set(userId, [id]);
    else ids.push(id);
  }
  for (const [userId, orderIds] of stored) {
    const user = users.get(userId);
    let asked = user?.keyless ?? 0;
    for (const group of user?.keys.values() ?? []) if (group.mayExist) asked += 1;
    if (orderIds.length <= asked) continue;
    const unseen = orderIds.filter((id) => acknowledgementOf(history, id).length === 0);
    findings.violate(
      `has ${orderIds.length} orders but asked for ${asked}; not acknowledged: ${unseen.slice(0, 5).join(', ')}`,
      {
        entity: `user ${userId}`,
        hop: 'client -> order',
      },
    );
  }
}
