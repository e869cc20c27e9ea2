import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Grant, IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { WALLET_ENDPOINTS } from '#sut/contract/endpoints/wallet.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { toDecimal } from '#sut/platform/money.ts';
import type { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { decideFreeze, decideGrant } from './domain/decide-grant.ts';
import { emptyWallet, type Wallet } from './domain/wallet.ts';
import { type EntryDocument, entriesOf, walletsOf } from './store/wallet-collections.ts';
import { readEntry, readWallet, saveWallet, toWallet } from './store/wallets.ts';
import { freezeChanged } from './wallet-events.ts';
import { writePosting } from './write-posting.ts';

export interface WalletRouteOptions {
  readonly store: MongoStore;
  readonly nowMs: () => number;
}

/** The wallet part of the public API (`contract/endpoints/wallet.ts`). */
export function walletRoutes(app: FastifyInstance, options: WalletRouteOptions): void {
  const { store } = options;
  documentedRoute(app, WALLET_ENDPOINTS.read, async ({ params }) => {
    const document = await store.read((db) => walletsOf(db).findOne({ _id: params.user_id }));
    if (document === null) throw new HttpError(404, `no wallet of '${params.user_id}'`);
    return [200, presentWallet(toWallet(document))];
  });

  documentedRoute(app, WALLET_ENDPOINTS.entries, async ({ params, query }) => {
    const asked = { user_id: params.user_id, version: { $gt: query.after } };
    const documents = await store.read((db) =>
      entriesOf(db).find(asked).sort({ version: 1 }).limit(query.limit).toArray(),
    );
    return [200, { entries: documents.map(presentEntry) }];
  });

  documentedRoute(app, WALLET_ENDPOINTS.grant, async ({ params, headers, body }) => {
    const id = grantIdOf(params.user_id, headers[IDEMPOTENCY_KEY_HEADER]);
    const entry = await grant(options, { userId: params.user_id, id, grant: body });
    return [201, { entry: presentEntry(entry) }];
  });

  documentedRoute(app, WALLET_ENDPOINTS.freeze, async ({ params, body }) => [
    200,
    presentWallet(await freeze(store, params.user_id, body.frozen)),
  ]);
}

/** The key is the customer's name for the grant and counts per user; hashed, because both may hold any character. */
const grantIdOf = (userId: string, key: string): string =>
  `grant:${createHash('sha256')
    .update(JSON.stringify([userId, key]))
    .digest('hex')}`;

async function grant(
  { store, nowMs }: WalletRouteOptions,
  request: { readonly userId: string; readonly id: string; readonly grant: Grant },
): Promise<EntryDocument> {
  return store.transaction(async (unit) => {
    const earlier = await readEntry(unit.tx, request.id);
    const wallet = (await readWallet(unit.tx, request.userId)) ?? emptyWallet(request.userId);
    const decision = decideGrant(earlier, wallet, request);
    if (decision.kind === 'reused') throw new HttpError(422, 'Idempotency-Key was used with another request');
    if (decision.kind === 'granted') await writePosting(unit, decision.posting, new Date(nowMs()));
    // Not after the commit: when the database goes away then, the answer would be that nothing was written.
    const entry = await entriesOf(unit.tx.db).findOne({ _id: request.id }, { session: unit.tx.session });
    if (entry === null) throw new Error(`entry ${request.id} vanished: entries are never removed`);
    return entry;
  });
}

async function freeze(store: MongoStore, userId: string, isFrozen: boolean): Promise<Wallet> {
  return store.transaction(async (unit) => {
    const wallet = await readWallet(unit.tx, userId);
    const next = decideFreeze(wallet ?? emptyWallet(userId), isFrozen);
    if (next === undefined) return wallet ?? emptyWallet(userId);
    await saveWallet(unit.tx, next);
    await unit.publish(freezeChanged(next));
    return next;
  });
}

/** A wallet as the API shows it: the balance as a decimal. */
const presentWallet = (wallet: Wallet) => ({
  user_id: wallet.userId,
  points: wallet.points,
  balance: toDecimal(wallet.balanceMinor),
  frozen: wallet.isFrozen,
  version: wallet.version,
});

const presentEntry = (entry: EntryDocument) => ({
  id: entry._id,
  version: entry.version,
  kind: entry.kind,
  points: entry.points,
  balance: toDecimal(entry.balance_minor),
  saga_id: entry.saga_id,
  order_id: entry.order_id,
  reason: entry.reason,
  created_at: entry.created_at,
});
