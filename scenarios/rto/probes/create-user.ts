import type { HttpRequest } from '../../workloads/shop/http-exchange.ts';
import { creationProbe } from './creation-probe.ts';

const placeOf = (key: string) => `/users/${key}`;

/** Makes the user `key`: the first event of that user. */
export const userRequest = (key: string): HttpRequest => ({ method: 'PUT', path: placeOf(key), body: { name: key } });

/** `PUT /users/:id`: one transaction with one outbox event, no saga; needs gateway, user and postgres, nothing else. */
export const createUser = creationProbe({
  name: 'create-user',
  summary: 'PUT /users/:id through the gateway, read back with GET',
  intervalMs: 20,
  leavesBacklog: true,
  placeOf,
  requestOf: userRequest,
});
