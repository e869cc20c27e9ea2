import type { FastifyInstance } from 'fastify';
import type { PutUser } from '#sut/contract/api.ts';
import { USER_ENDPOINTS } from '#sut/contract/endpoints/user.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { toDecimal } from '#sut/platform/money.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { decideProfile } from './domain/decide-profile.ts';
import type { User } from './domain/user.ts';
import { userUpdated } from './user-events.ts';
import { lockOrCreateUser, SELECT_USER, saveUser, toUser } from './user-rows.ts';

export interface UserRouteOptions {
  readonly store: PostgresStore;
  readonly defaultLimitMinor: number;
}

/** `PUT /users/:id` and `GET /users/:id`. */
export function userRoutes(app: FastifyInstance, options: UserRouteOptions): void {
  documentedRoute(app, USER_ENDPOINTS.put, async ({ params, body }) => {
    const { user, isNew } = await putUser(options, params.id, body);
    return [isNew ? 201 : 200, present(user)];
  });

  documentedRoute(app, USER_ENDPOINTS.read, async ({ params }) => {
    const [row] = await options.store.query(SELECT_USER, [params.id]);
    if (row === undefined) throw new HttpError(404, `no user '${params.id}'`);
    return [200, present(toUser(row))];
  });
}

async function putUser(
  { store, defaultLimitMinor }: UserRouteOptions,
  id: string,
  put: PutUser,
): Promise<{ readonly user: User; readonly isNew: boolean }> {
  return store.transaction(async (unit) => {
    const user = await lockOrCreateUser(unit.tx, id, defaultLimitMinor);
    const decision = decideProfile(user, put);
    switch (decision.kind) {
      case 'refused':
        throw new HttpError(409, 'spending_limit is below what orders hold', { spent: toDecimal(decision.spentMinor) });
      case 'unchanged':
        return { user, isNew: false };
      case 'changed':
        await saveUser(unit.tx, decision.user);
        await unit.publish(userUpdated(decision.user));
        return { user: decision.user, isNew: user.version === 0 };
    }
  });
}

/** A user as the API shows it: amounts as decimals. */
function present(user: User) {
  return {
    id: user.id,
    name: user.name ?? null,
    email: user.email ?? null,
    phone: user.phone ?? null,
    preferred_channel: user.preferredChannel,
    spending_limit: toDecimal(user.spendingLimitMinor),
    spent: toDecimal(user.spentMinor),
    version: user.version,
  };
}
