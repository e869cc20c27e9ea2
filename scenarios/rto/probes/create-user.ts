import { putProbe } from './put-probe.ts';

/** `PUT /users/:id`: one transaction with one outbox event, no saga; needs gateway, user and postgres, nothing else. */
export const createUser = putProbe({
  name: 'create-user',
  summary: 'PUT /users/:id through the gateway, read back with GET',
  intervalMs: 20,
  leavesBacklog: true,
  pathOf: (key) => `/users/${key}`,
  bodyOf: (key) => ({ name: key }),
});
