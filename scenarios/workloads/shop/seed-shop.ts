import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { Plan, PlannedProduct, PlannedUser, PlannedWallet } from '../../model/plan.ts';
import { type SeedRequest, sendSeed } from './seed-request.ts';

/** Writes the plan's products, users and wallets, each at its service. Rejects with `SeedRejected`. */
export async function seedShop(environment: Environment, plan: Plan, signal: AbortSignal): Promise<void> {
  // One after the other within a service, the services at the same time: a start-up is no stampede.
  const perService = [
    plan.products.map(productSeed),
    plan.users.map(userSeed),
    plan.wallets.flatMap((wallet) => walletSeeds(wallet, plan.seed)),
  ];
  await Promise.all(
    perService.map(async (seeds) => {
      for (const seed of seeds) await sendSeed(environment, seed, signal);
    }),
  );
}

const productSeed = ({ id, stock }: PlannedProduct): SeedRequest => ({
  service: 'inventory',
  method: 'PUT',
  path: `/inventory/products/${id}`,
  body: { available_stock: stock, location: 'main' },
  taken: [201],
  takenBefore: [409],
});

const userSeed = ({ id, limitMinor, channel }: PlannedUser): SeedRequest => ({
  service: 'user',
  method: 'PUT',
  path: `/users/${id}`,
  body: {
    name: `Customer ${id}`,
    email: `${id}@example.com`,
    phone: '+49 30 1234567',
    preferred_channel: channel,
    spending_limit: limitMinor / 100,
  },
  taken: [201, 200],
});

/** A wallet comes to be with its first entry; it is frozen after that. */
function walletSeeds({ userId, points, isFrozen }: PlannedWallet, seed: number): readonly SeedRequest[] {
  const grant: SeedRequest = {
    service: 'wallet',
    method: 'POST',
    path: `/wallets/${userId}/grants`,
    headers: { [IDEMPOTENCY_KEY_HEADER]: `grant-${seed}-${userId}` },
    body: { points, reason: 'welcome' },
    taken: [201, 200],
  };
  const freeze: SeedRequest = {
    service: 'wallet',
    method: 'PUT',
    path: `/wallets/${userId}/frozen`,
    body: { frozen: true },
    taken: [200],
  };
  return isFrozen ? [grant, freeze] : [grant];
}
