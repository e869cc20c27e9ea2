import { expect, it } from 'vitest';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { IncomingMessage, OutgoingMessage } from '#sut/platform/store.ts';
import { walletCommands } from './commands.ts';

/** A store in which there is nothing yet. */
const collection = () => ({ findOne: async () => null, insertOne: async () => undefined });
const tx = { db: { collection }, session: {} } as unknown as MongoTx;

async function published(data: Record<string, unknown>): Promise<readonly OutgoingMessage[]> {
  const command = { saga_id: 's', order_id: 'o', step: 'top-up', participant: 'wallet', action: 'top-up', attempt: 1 };
  const message: IncomingMessage = {
    ...{
      id: 'm',
      topic: 'wallet.commands',
      type: 'wallet.top-up',
      aggregateId: 's',
      version: 1,
      sagaId: 's',
      orderId: 'o',
    },
    payload: { ...command, idempotency_key: 's:top-up', data },
    ...{ traceparent: undefined, record: { partition: 0, offset: '0', headers: {} } },
  };
  const messages: OutgoingMessage[] = [];
  const publish = async (outgoing: OutgoingMessage): Promise<string> => `id-${messages.push(outgoing)}`;
  await walletCommands({ nowMs: () => 0 }).handlers['*']?.run({ tx, publish, afterCommit: () => {} }, message);
  return messages;
}

it.each([
  ['USD', ['wallet.topped-up', 'done']],
  ['JPY', ['rejected']],
])('a top-up in %s: %j', async (currency, expected) => {
  const messages = await published({ user_id: 'u', amount_minor: 500, currency });
  expect(messages.map(({ topic, type, payload }) => (topic === 'wallet.replies' ? payload.outcome : type))).toEqual(
    expected,
  );
});
