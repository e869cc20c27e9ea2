import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';

const ledgerSchema = z.object({
  entries: z.array(
    z.object({
      seq: z.int(),
      kind: z.enum(['capture', 'refund', 'decline', 'void']),
      order_id: z.string(),
      idempotency_key: z.string(),
      amount_minor: z.int(),
    }),
  ),
});

let dataDir: string;
let acquirer: StartedService;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'acquirer-'));
  acquirer = await startService('acquirer', { DATA_DIR: dataDir, LOG_LEVEL: 'warn', PROCESSING_DELAY_MS: '6' });
});
afterEach(async () => {
  await acquirer[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

async function post(path: string, body: unknown, key?: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${acquirer.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  return { status: answer.status, body: await answer.json() };
}
const chargeOf = (key: string, changes: object = {}) =>
  post(
    '/charges',
    { order_id: `order of ${key}`, amount_minor: 1250, currency: 'USD', card: 'card-ok', ...changes },
    key,
  );

async function ledger() {
  const answer = await fetch(`${acquirer.url}/ledger`, { signal: AbortSignal.timeout(5_000) });
  return ledgerSchema.parse(await answer.json()).entries;
}

describe('acquirer', () => {
  it('answers a key the same for ever, and refuses it for anything else', async () => {
    const first = await chargeOf('k1');
    expect(first).toEqual({ status: 201, body: { status: 'captured', charge_id: 'ch-1' } });
    expect(await Promise.all([chargeOf('k1'), chargeOf('k1')])).toEqual([first, first]);
    expect((await chargeOf('k1', { amount_minor: 1 })).status).toBe(422);
    expect(await chargeOf('k2', { card: 'card-declined' })).toEqual({
      status: 402,
      body: { status: 'declined', reason: 'card-declined' },
    });
    await acquirer.restart();
    expect(await chargeOf('k1')).toEqual(first);
    expect((await ledger()).map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'capture'],
      [2, 'decline'],
    ]);
  });

  it('answers simultaneous requests with one key alike and charges once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => chargeOf('same')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await ledger()).toHaveLength(1);
  });

  it('refunds what a key took, and forbids a key that took nothing', async () => {
    await chargeOf('taken');
    expect((await post('/charges/taken/reverse', {})).body).toEqual({ status: 'refunded' });
    expect((await post('/charges/late/reverse', { order_id: 'o-9' })).body).toEqual({ status: 'voided' });
    expect(await chargeOf('late', { order_id: 'o-9' })).toEqual({
      status: 402,
      body: { status: 'declined', reason: 'reversed' },
    });
    expect((await post('/charges/taken/reverse', {})).body).toEqual({ status: 'refunded' });
    expect((await ledger()).map(({ kind, order_id, amount_minor }) => [kind, order_id, amount_minor])).toEqual([
      ['capture', 'order of taken', 1250],
      ['refund', 'order of taken', 1250],
      ['void', 'o-9', 0],
      ['decline', 'o-9', 1250],
    ]);
  });

  it.each([
    ['no key', {}, undefined, 'idempotency-key'],
    ['an amount that is not whole', { amount_minor: 12.5 }, 'k', 'amount_minor'],
  ])('refuses a charge with %s, naming the field', async (_, changes, key, field) => {
    const body = { order_id: 'o', amount_minor: 1, currency: 'USD', card: 'card-ok', ...changes };
    const answer = await post('/charges', body, key);
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field }] } });
    expect(await ledger()).toEqual([]);
  });

  it('keeps every answered charge and doubles none when it is killed in the middle of them', async () => {
    const answered = new Map<string, unknown>();
    const asked: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const keys = Array.from({ length: 60 }, (_, n) => `r${round}-${n}`);
      asked.push(...keys);
      let count = 0;
      let kill: Promise<void> | undefined;
      await Promise.allSettled(
        keys.map(async (key) => {
          const { body } = await chargeOf(key);
          answered.set(key, body);
          count += 1;
          if (count === 5) kill = acquirer.kill();
        }),
      );
      await kill;
      expect(answered.size, 'the kill came in the middle').toBeLessThan(asked.length);
      await acquirer.restart();
    }
    const kept = new Set((await ledger()).map(({ idempotency_key }) => idempotency_key));
    expect([...answered.keys()].filter((key) => !kept.has(key))).toEqual([]);
    const repeated = await Promise.all(asked.map(async (key) => [key, (await chargeOf(key)).body] as const));
    for (const [key, body] of repeated) if (answered.has(key)) expect(body).toEqual(answered.get(key));
    const entries = await ledger();
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.map(({ idempotency_key }) => idempotency_key).sort()).toEqual([...asked].sort());
  });

  it('finishes what it has begun when it is asked to stop', async () => {
    await acquirer.stop();
    // Half of this passes between the durable entry and the answer: time enough to be asked in between.
    acquirer = await startService('acquirer', { DATA_DIR: dataDir, LOG_LEVEL: 'warn', PROCESSING_DELAY_MS: '1000' });
    const charges = Array.from({ length: 5 }, (_, n) => chargeOf(`drain-${n}`));
    await expect.poll(ledger, { interval: 10, timeout: 3_000 }).toHaveLength(5);
    const [code, ...answers] = await Promise.all([acquirer.stop(), ...charges]);
    expect(code).toBe(0);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
  });
});
