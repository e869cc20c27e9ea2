import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from '#sut/contract/messages.ts';
import { startServer } from '#sut/environment/testing/start-server.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';
import { TopicClient } from '#sut/platform/testing/topic-client.ts';

const REPLIES = 'notification.replies';
const EVENTS = 'notification.events';
const WITHIN = { timeout: 15_000, interval: 50 };

const held = new AsyncDisposableStack();
let provider: StartedService;
let notification: StartedService;
let topics: TopicClient;
let saga: string;
let sagas = 0;

beforeAll(async () => {
  const [kafka, mongodb, redis] = await Promise.all([
    startServer('kafka'),
    startServer('mongodb'),
    startServer('redis'),
  ]);
  for (const server of [kafka, mongodb, redis]) held.use(server);
  const dataDir = await mkdtemp(join(tmpdir(), 'notification-'));
  held.defer(() => rm(dataDir, { recursive: true, force: true }));
  topics = held.use(await TopicClient.connect(kafka.url, [REPLIES, EVENTS]));
  provider = held.use(await startService('message-provider', { DATA_DIR: dataDir, LOG_LEVEL: 'warn' }));
  notification = held.use(
    await startService('notification', {
      MONGODB_URL: mongodb.url,
      KAFKA_BROKERS: kafka.url,
      REDIS_URL: redis.url,
      MESSAGE_PROVIDER_URL: provider.url,
      LOG_LEVEL: 'warn',
    }),
  );
});
afterAll(() => held.disposeAsync());
beforeEach(() => {
  sagas += 1;
  saga = `s${sagas}`;
});

const command = (changes: Partial<Command> = {}): Command => ({
  saga_id: saga,
  order_id: `order-${saga}`,
  step: 'notify',
  participant: 'notification',
  action: 'send-confirmation',
  attempt: 1,
  idempotency_key: `${saga}:notify:send-confirmation`,
  data: { user_id: 'u-1' },
  ...changes,
});
const replies = (sagaId = saga) =>
  topics.seen(REPLIES, sagaId).map(({ payload }) => `${payload.action}#${payload.attempt} ${payload.outcome}`);
const events = (sagaId = saga) => topics.seen(EVENTS, sagaId).map(({ headers }) => headers.type);

async function get(url: string): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return answer.json();
}
const deliverySchema = z.object({ notification_id: z.string(), order_id: z.string(), kind: z.string(), seq: z.int() });
async function deliveries(sagaId = saga): Promise<readonly string[]> {
  const answer = z.object({ deliveries: z.array(deliverySchema) }).parse(await get(`${provider.url}/deliveries`));
  return answer.deliveries.map((d) => d.notification_id).filter((id) => id.startsWith(`ntf-${sagaId}-`));
}

describe('notification', () => {
  it('delivers each kind once and answers every attempt', async () => {
    const first = await topics.command(command());
    await expect.poll(() => replies(), WITHIN).toEqual(['send-confirmation#1 done']);
    expect(topics.seen(REPLIES, saga)[0]?.headers['cause-id']).toBe(first);
    await topics.command(command(), first);
    await topics.command(command({ attempt: 2 }));
    await topics.command(command({ action: 'send-cancellation' }));
    await expect
      .poll(() => replies().toSorted(), WITHIN)
      .toEqual(['send-cancellation#1 done', 'send-confirmation#1 done', 'send-confirmation#2 done']);
    expect(await deliveries()).toEqual([`ntf-${saga}-confirmation`, `ntf-${saga}-cancellation`]);
    await expect.poll(() => events(), WITHIN).toHaveLength(2);
    expect(await get(`${notification.url}/notifications?order_id=order-${saga}`)).toMatchObject({
      notifications: [
        { id: `ntf-${saga}-confirmation`, kind: 'confirmation', status: 'SENT' },
        { id: `ntf-${saga}-cancellation`, kind: 'cancellation', status: 'SENT' },
      ],
    });
  });

  it('goes through the channel that the user prefers, decided once, and by the newest profile only', async () => {
    const channelOf = async (id: string) => {
      const answer = await get(`${notification.url}/notifications/${id}`);
      return z.object({ channel: z.string() }).safeParse(answer).data?.channel;
    };
    const confirmation = `ntf-${saga}-confirmation`;
    const user = `user-${saga}`;
    const prefer = (preferred_channel: string, version: number) =>
      topics.event({
        ...{ topic: 'user.events', type: 'user.updated', aggregateId: user, version },
        payload: { user_id: user, preferred_channel },
      });
    // One more for each try: when it answers `push`, both versions have arrived.
    await prefer('push', 2);
    await prefer('sms', 1);
    let tries = 0;
    const tryOut = async () => {
      tries += 1;
      const probe = `${saga}-${tries}`;
      await topics.command(command({ saga_id: probe, order_id: probe, data: { user_id: user } }));
      await expect.poll(() => replies(probe), WITHIN).toHaveLength(1);
      return channelOf(`ntf-${probe}-confirmation`);
    };
    await expect.poll(tryOut, { ...WITHIN, interval: 200 }).toBe('push');

    const first = await topics.command(command({ data: { user_id: user } }));
    await expect.poll(() => replies(), WITHIN).toHaveLength(1);
    await prefer('sms', 3);
    await expect.poll(tryOut, { ...WITHIN, interval: 200 }).toBe('sms');
    await topics.command(command({ data: { user_id: user } }), first);
    await topics.command(command({ attempt: 2, data: { user_id: user } }));
    await expect.poll(() => replies(), WITHIN).toHaveLength(2);
    expect(await channelOf(confirmation)).toBe('push');
    await topics.command(command({ action: 'send-cancellation', data: { user_id: user, channel: 'email' } }));
    await expect.poll(() => channelOf(`ntf-${saga}-cancellation`), WITHIN).toBe('email');
    const sent = z
      .object({ deliveries: z.array(z.object({ notification_id: z.string(), channel: z.string() })) })
      .parse(await get(`${provider.url}/deliveries`))
      .deliveries.filter(({ notification_id }) => notification_id === confirmation);
    expect(sent).toEqual([{ notification_id: confirmation, channel: 'push' }]);
  });

  it('does not hold the order up when the provider refuses the message for good', async () => {
    const other = { order_id: 'o', user_id: 'u', kind: 'confirmation', channel: 'email', text: 'of somebody else' };
    await fetch(`${provider.url}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `ntf-${saga}-confirmation` },
      body: JSON.stringify({ notification_id: 'another', ...other }),
      signal: AbortSignal.timeout(5_000),
    });
    await topics.command(command());
    await expect.poll(() => replies(), WITHIN).toEqual(['send-confirmation#1 done']);
    expect(topics.seen(REPLIES, saga)[0]?.payload).toMatchObject({ data: { delivered: false } });
    await expect.poll(() => events(), WITHIN).toEqual(['notification.failed']);
  });

  it('delivers each once when provider and service are killed in the middle of many', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `${saga}-${n}`);
    await Promise.all(ids.map((id) => topics.command(command({ saga_id: id, order_id: id }))));
    const answered = () => ids.filter((id) => replies(id).length > 0).length;
    await expect.poll(answered, { ...WITHIN, interval: 5 }).toBeGreaterThan(0);
    await Promise.all([provider.kill(), notification.kill()]);
    expect(answered(), 'the kill came in the middle').toBeLessThan(ids.length);
    await provider.restart();
    await notification.restart();
    await expect.poll(answered, { ...WITHIN, timeout: 30_000 }).toBe(ids.length);
    for (const id of ids) {
      expect(replies(id)).toEqual(['send-confirmation#1 done']);
      await expect.poll(() => events(id), WITHIN).toEqual(['notification.sent']);
      expect(await deliveries(id)).toEqual([`ntf-${id}-confirmation`]);
    }
  });

  it('ends in order when it is asked to', async () => {
    expect(await notification.stop()).toBe(0);
    await notification.restart();
  });
});
