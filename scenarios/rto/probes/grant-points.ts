import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { creationProbe } from './creation-probe.ts';

/** `POST /wallets/:id/grants`, to a new wallet each time: one transaction with one outbox event; needs gateway, wallet and mongodb, nothing else. */
export const grantPoints = creationProbe({
  name: 'grant-points',
  summary: 'POST /wallets/:id/grants through the gateway, the wallet read back with GET',
  intervalMs: 20,
  leavesBacklog: true,
  placeOf: (key) => `/wallets/${key}`,
  requestOf: (key) => ({
    method: 'POST',
    path: `/wallets/${key}/grants`,
    headers: { [IDEMPOTENCY_KEY_HEADER]: key },
    body: { points: 1 },
  }),
});
