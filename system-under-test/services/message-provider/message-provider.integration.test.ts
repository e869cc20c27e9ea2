import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';

const deliveriesSchema = z.object({
  deliveries: z.array(
    z.object({
      seq: z.int(),
      notification_id: z.string(),
      order_id: z.string(),
      kind: z.enum(['confirmation', 'cancellation']),
    }),
  ),
});

let dataDir: string;
let provider: StartedService;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'message-provider-'));
  provider = await startService('message-provider', { DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
});
afterEach(async () => {
  await provider[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

async function send(key: string, changes: object = {}): Promise<{ status: number; body: unknown }> {
  const message = {
    notification_id: key,
    order_id: 'o',
    user_id: 'u',
    kind: 'confirmation',
    channel: 'sms',
    text: 'Hi',
  };
  const answer = await fetch(`${provider.url}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ ...message, ...changes }),
    signal: AbortSignal.timeout(5_000),
  });
  return { status: answer.status, body: await answer.json() };
}

async function deliveries() {
  const answer = await fetch(`${provider.url}/deliveries`, { signal: AbortSignal.timeout(5_000) });
  return deliveriesSchema.parse(await answer.json()).deliveries;
}

describe('message provider', () => {
  it('delivers a key once, answers it alike, and refuses it for another message', async () => {
    const answers = await Promise.all([send('n1'), send('n1'), send('n1')]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ status: 202, body: { status: 'accepted' } })));
    expect((await send('n1', { text: 'Bye' })).status).toBe(422);
    expect((await send('n2', { channel: 'push' })).status).toBe(202);
    expect((await send('n3', { channel: 'pigeon' })).status).toBe(400);
    await provider.restart();
    expect((await send('n1')).status).toBe(202);
    expect((await deliveries()).map(({ seq, notification_id }) => [seq, notification_id])).toEqual([
      [1, 'n1'],
      [2, 'n2'],
    ]);
  });

  it('refuses a message that is none, naming the field', async () => {
    expect(await send('n1', { kind: 'advert' })).toMatchObject({ status: 400, body: { details: [{ field: 'kind' }] } });
    expect(await deliveries()).toEqual([]);
  });

  it('keeps every accepted message and doubles none when it is killed in the middle of them', async () => {
    const keys = Array.from({ length: 80 }, (_, n) => `n${n}`);
    const accepted: string[] = [];
    let kill: Promise<void> | undefined;
    await Promise.allSettled(
      keys.map(async (key) => {
        await send(key);
        accepted.push(key);
        if (accepted.length === 5) kill = provider.kill();
      }),
    );
    await kill;
    expect(accepted.length, 'the kill came in the middle').toBeLessThan(keys.length);
    await provider.restart();
    const kept = (await deliveries()).map(({ notification_id }) => notification_id);
    expect(accepted.filter((key) => !kept.includes(key))).toEqual([]);
    await Promise.all(keys.map((key) => send(key)));
    expect((await deliveries()).map(({ notification_id }) => notification_id).sort()).toEqual(keys.sort());
  });
});
