import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import './remember-coordinators.ts';

interface Finds {
  findGroupCoordinator(query: { groupId: string; coordinatorType: number }): Promise<unknown>;
}
const { prototype }: { prototype: Finds } = createRequire(import.meta.url)('kafkajs/src/cluster');
const [GROUP, TRANSACTION] = [0, 1];

/** A client of kafkajs whose broker answers at once, and counts how often it was asked. */
function client() {
  const broker = { connected: true, isConnected: () => broker.connected };
  const state = { asked: 0 };
  const cluster: Finds = Object.assign(Object.create(prototype), {
    retrier: (work: (bail: (error: unknown) => void) => unknown) => work(() => undefined),
    findGroupCoordinatorMetadata: async () => {
      state.asked += 1;
      return { coordinator: { nodeId: 1 } };
    },
    findBroker: async () => broker,
  });
  return {
    broker,
    state,
    find: (groupId: string, coordinatorType: number) => cluster.findGroupCoordinator({ groupId, coordinatorType }),
  };
}

test('a client asks for the coordinator of its transactions once', async () => {
  const { broker, state, find } = client();
  for (let step = 0; step < 5; step += 1) expect(await find('relay', TRANSACTION)).toBe(broker);
  expect(state.asked).toBe(1);
});

test('it asks again once the connection has broken, and for another transactional id', async () => {
  const { broker, state, find } = client();
  await find('relay', TRANSACTION);
  broker.connected = false;
  await find('relay', TRANSACTION);
  expect(state.asked).toBe(2);
  broker.connected = true;
  await find('another', TRANSACTION);
  expect(state.asked).toBe(3);
});

test('the coordinator of a group is asked for each time, as kafkajs does', async () => {
  const { state, find } = client();
  await find('readers', GROUP);
  await find('readers', GROUP);
  expect(state.asked).toBe(2);
});
