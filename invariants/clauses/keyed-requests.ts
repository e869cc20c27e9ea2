import type { Findings } from '../model/findings.ts';
import type { Request } from '../model/request.ts';

/** A kind of thing that clients ask for under idempotency keys, and what its service keeps of them. */
export interface Keyed {
  readonly kind: 'order' | 'payment';
  /** The service that keeps things and keys. */
  readonly keeper: string;
  readonly requests: readonly Request[];
  /** Everything that was made. */
  readonly made: readonly { readonly id: string; readonly userId: string }[];
  /** The service's memory: one row per key of a user. */
  readonly memory: readonly { readonly userId: string; readonly key: string; readonly subjectId: string }[];
}

interface KeyGroup {
  readonly userId: string;
  readonly key: string;
  readonly requests: Request[];
  /** The first request that was acknowledged. */
  first: Request | undefined;
  /** Whether one of the requests may have had an effect: not all were refused. */
  mayExist: boolean;
  /** What the service remembers for the key. */
  storedId: string | undefined;
}

interface UserRequests {
  readonly keys: Map<string, KeyGroup>;
  /** Requests without a key that may have had an effect. */
  keyless: number;
}

export interface KeyCounts {
  readonly keys: number;
  readonly repeated: number;
  readonly acknowledged: number;
}

/**
 * One key of one user is one thing with one saga: all acknowledgements agree, none was given to a second body, none is followed by a
 * refusal of the same body, the service remembers exactly that thing, different keys have different things, a key whose every
 * request was refused has none, and nothing was made that nobody asked for.
 */
export function checkKeyedRequests(keyed: Keyed, findings: Findings): KeyCounts {
  const users = groupRequests(keyed.requests);
  const ownerOf = new Map<string, KeyGroup>();
  let keys = 0;
  let repeated = 0;
  let acknowledged = 0;
  for (const user of users.values()) {
    for (const group of user.keys.values()) {
      keys += 1;
      if (group.requests.length > 1) repeated += 1;
      if (group.first !== undefined) acknowledged += 1;
      checkAnswers(keyed, group, ownerOf, findings);
    }
  }
  checkMemory(keyed, users, findings);
  checkUnasked(keyed, users, findings);
  return { keys, repeated, acknowledged };
}

function groupRequests(requests: readonly Request[]): ReadonlyMap<string, UserRequests> {
  const users = new Map<string, UserRequests>();
  for (const request of requests) {
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
      group = { userId, key, requests: [], first: undefined, mayExist: false, storedId: undefined };
      user.keys.set(key, group);
    }
    group.requests.push(request);
    if (request.end !== 'fail') group.mayExist = true;
    if (request.end === 'ok') group.first ??= request;
  }
  return users;
}

const entityOf = ({ userId, key }: Pick<KeyGroup, 'userId' | 'key'>): string => `key ${key} of user ${userId}`;
const eventsOf = (requests: readonly Request[]): readonly number[] =>
  requests.flatMap((request) => [request.invocation, request.completion]);

function checkAnswers(
  { kind, keeper }: Keyed,
  group: KeyGroup,
  ownerOf: Map<string, KeyGroup>,
  findings: Findings,
): void {
  const { first, requests } = group;
  if (first === undefined) return;
  const place = { entity: entityOf(group), hop: `client -> ${keeper}` };
  for (const request of requests) {
    const events = eventsOf([first, request]);
    if (request.end === 'fail' && request.bodyId === first.bodyId && request.invocation > first.completion) {
      findings.violate('acknowledged, and later refused for the same body', { ...place, events, isFinal: true });
    }
    if (request.end !== 'ok' || request === first) continue;
    if (request.subjectId !== first.subjectId || request.sagaId !== first.sagaId) {
      const message = `answered with ${kind} ${first.subjectId} (saga ${first.sagaId}) and with ${request.subjectId} (saga ${request.sagaId})`;
      findings.violate(message, { ...place, events, isFinal: true });
    }
    if (request.bodyId !== first.bodyId) {
      const message = 'used again with another body, which was accepted and not refused';
      findings.violate(message, { ...place, events, isFinal: true });
    }
  }
  const owner = ownerOf.get(first.subjectId);
  if (owner === undefined) ownerOf.set(first.subjectId, group);
  else {
    findings.violate(`answered with ${kind} ${first.subjectId}, which belongs to ${entityOf(owner)}`, {
      ...place,
      events: eventsOf(owner.first === undefined ? [first] : [owner.first, first]),
    });
  }
}

function checkMemory(
  { kind, keeper, memory }: Keyed,
  users: ReadonlyMap<string, UserRequests>,
  findings: Findings,
): void {
  const hop = `${keeper} -> idempotency key`;
  for (const { userId, key, subjectId } of memory) {
    const group = users.get(userId)?.keys.get(key);
    if (group === undefined) continue;
    const place = { entity: entityOf(group), hop, events: eventsOf(group.requests) };
    if (group.storedId !== undefined && group.storedId !== subjectId) {
      findings.violate(`stored for two ${kind}s, ${group.storedId} and ${subjectId}`, place);
    }
    group.storedId = subjectId;
    if (!group.mayExist)
      findings.violate(`every request was refused, but ${kind} ${subjectId} is stored for it`, place);
    if (group.first !== undefined && group.first.subjectId !== subjectId) {
      findings.violate(`answered with ${kind} ${group.first.subjectId}, but stored for ${subjectId}`, place);
    }
  }
  for (const { keys } of users.values()) {
    for (const group of keys.values()) {
      if (group.first === undefined || group.storedId !== undefined) continue;
      findings.violate(`answered with ${kind} ${group.first.subjectId}, but the key is not stored`, {
        entity: entityOf(group),
        hop,
        events: eventsOf([group.first]),
      });
    }
  }
}

/** A second thing made for one request is stored under no key of the client: it shows in the number of a user's things. */
function checkUnasked(
  { kind, keeper, made, requests }: Keyed,
  users: ReadonlyMap<string, UserRequests>,
  findings: Findings,
): void {
  let seen: Set<string> | undefined;
  const stored = new Map<string, string[]>();
  for (const { id, userId } of made) {
    const ids = stored.get(userId);
    if (ids === undefined) stored.set(userId, [id]);
    else ids.push(id);
  }
  for (const [userId, ids] of stored) {
    const user = users.get(userId);
    let asked = user?.keyless ?? 0;
    // Only what a key is remembered for: one whose request came to nothing must not make room for a second thing of another.
    for (const group of user?.keys.values() ?? []) if (group.storedId !== undefined) asked += 1;
    if (ids.length <= asked) continue;
    seen ??= new Set(requests.map(({ subjectId }) => subjectId));
    const unseen = ids.filter((id) => seen?.has(id) === false);
    findings.violate(
      `has ${ids.length} ${kind}s but asked for ${asked}; not acknowledged: ${unseen.slice(0, 5).join(', ')}`,
      { entity: `user ${userId}`, hop: `client -> ${keeper}` },
    );
  }
}
