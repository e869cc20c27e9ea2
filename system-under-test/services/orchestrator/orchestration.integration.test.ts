import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { SagaChangedError, SagaLeasedError } from './advance-saga.ts';
import { deadlineWorker } from './deadlines.ts';
import { paymentSaga } from './definitions/payment-saga.ts';
import { sagaSubscriptions } from './messages.ts';
import { readSagaStatus } from './saga-status.ts';
import { startByRequest } from './start-by-request.ts';
import { loadSaga, updateSaga } from './store/saga-rows.ts';
import { answerTo, cancelRequested, created, Replica, type ReplicaSettings, TRACEPARENT } from './testing/replica.ts';

let server: StartedServer;
beforeAll(async () => {
  server = await startServer('postgres');
});
afterAll(() => server[Symbol.asyncDispose]());

async function replica(instance: string, settings?: ReplicaSettings): Promise<Replica> {
  const made = new Replica(server.url, instance, settings);
  await made.store.prepare();
  return made;
}

/** Answers every command until the saga has ended. */
async function answerAll(replica: Replica, sagaId: string, refuse: readonly string[] = []): Promise<void> {
  for (let answered = 0; ; answered++) {
    const command = (await replica.commandsOf(sagaId))[answered];
    if (command === undefined) return;
    const isRefused = refuse.includes(`${command.participant}.${command.action}`);
    await replica.handle(answerTo(command, isRefused ? 'rejected' : 'done'));
  }
}

const stateOf = async (replica: Replica, sagaId: string): Promise<unknown> =>
  (await readSagaStatus(replica.store, sagaId))?.state;

async function expectGapless(replica: Replica, sagaId: string): Promise<void> {
  const rows = await replica.store.query<{ seq: number; from_state: string; to_state: string }>(
    'select seq, from_state, to_state from saga_transitions where saga_id = $1 order by seq',
    [sagaId],
  );
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.map((row) => row.from_state)).toEqual(['', ...rows.slice(0, -1).map((row) => row.to_state)]);
}

describe('a saga on PostgreSQL', () => {
  it('runs to its end, with its provenance, commands and events in the outbox', async () => {
    await using one = await replica('one');
    const start = created('happy');
    expect(await one.handle(start)).toBe('applied');
    expect(await one.handle(start)).toBe('duplicate');
    await answerAll(one, 'happy');

    expect(await readSagaStatus(one.store, 'happy')).toMatchObject({
      saga_id: 'happy',
      order_id: 'order-of-happy',
      type: 'order',
      state: 'COMPLETED',
      deadline: null,
      transitions: [
        { seq: 1, from: '', to: 'RUNNING', cause_id: start.id },
        ...['reserve', 'charge', 'confirm-stock', 'credit-points', 'confirm-order', 'notify'].map((step) => ({ step })),
        { to: 'COMPLETED' },
      ],
    });
    await expectGapless(one, 'happy');
    // Each message that was sent is named by the transition that sent it.
    const named = await one.store.query<{ type: string; seq: number }>(
      `select event_type as type, t.seq from outbox_events o left join saga_transitions t on o.id = any (t.event_ids)
       where o.aggregate_id = 'happy' order by o.seq, t.seq`,
    );
    expect(named.map(({ seq, type }) => `${seq} ${type}`).sort()).toEqual([
      '1 saga.started',
      '1 user.hold-limit',
      '2 inventory.reserve',
      '3 payment.charge',
      '4 inventory.confirm',
      '5 wallet.credit-points',
      '6 order.confirm',
      '7 notification.send-confirmation',
      '8 saga.completed',
    ]);
    const events = await one.store.query<{ event_type: string; version: number; headers: Record<string, string> }>(
      `select event_type, version, headers from outbox_events where aggregate_id = 'happy' and topic = 'saga.events' order by seq`,
    );
    expect(events.map((event) => [event.event_type, event.version])).toEqual([
      ['saga.started', 1],
      ['saga.completed', 2],
    ]);
    expect(events[0]?.headers).toMatchObject({ 'saga-id': 'happy', 'cause-id': start.id });
    const [cause] = await one.store.query<{ cause_saga_id: string; trace_id: string }>(
      `select cause_saga_id, trace_id from saga_transitions where saga_id = 'happy' and seq = 1`,
    );
    expect(cause).toEqual({ cause_saga_id: 'happy', trace_id: TRACEPARENT.split('-')[1] });
  });

  it('compensates when the card is declined', async () => {
    await using one = await replica('one');
    await one.handle(created('declined'));
    await answerAll(one, 'declined', ['payment.charge']);
    const commands = (await one.commandsOf('declined')).map((command) => `${command.participant}.${command.action}`);
    expect(commands).toEqual([
      'user.hold-limit',
      'inventory.reserve',
      'payment.charge',
      'inventory.cancel',
      'user.release-limit',
      'order.cancel',
      'notification.send-cancellation',
    ]);
    expect(await stateOf(one, 'declined')).toBe('COMPENSATED');
  });

  it('says so when a message is for a saga that never started', async () => {
    await using one = await replica('one');
    expect(await one.handle(cancelRequested('nobody'))).toBe('unknown-saga');
    expect(await readSagaStatus(one.store, 'nobody')).toBeUndefined();
  });

  it('starts once when two starts arrive at the same time', async () => {
    await using one = await replica('one');
    await using two = await replica('two');
    await Promise.all([one.handle(created('twice')), two.handle(created('twice'))]);
    expect(await one.commandsOf('twice')).toHaveLength(1);
    await expectGapless(one, 'twice');
  });
});

describe('a saga that a request starts', () => {
  const request = { userId: 'u1', data: { user_id: 'u1', amount_minor: 10_000, currency: 'USD', card: 'card-ok' } };
  const begin = (replica: Replica, idempotencyKey?: string, changes: Partial<typeof request> = {}) =>
    startByRequest(replica.orchestration, replica.store, randomUUID, {
      definition: paymentSaga,
      request: { ...request, ...changes },
      idempotencyKey,
    });

  it('is one per key, however many requests come at once to however many replicas', async () => {
    await using one = await replica('one');
    await using two = await replica('two');
    const started = await Promise.all(Array.from({ length: 40 }, (_, index) => begin(index % 2 ? one : two, 'k1')));
    const [first] = started;
    if (first === undefined) throw new Error('nothing was started');
    for (const again of started) expect(again).toEqual(first);
    expect(first.requestId).toMatch(/^payment-[0-9a-f-]{36}$/);
    expect((await one.commandsOf(first.sagaId)).map((command) => command.action)).toEqual(['charge']);
    const data = { ...request.data, amount_minor: 10_001 };
    await expect(begin(one, 'k1', { data })).rejects.toMatchObject({ status: 422 });
    expect(await begin(one, 'k1', { userId: 'u2' })).not.toEqual(first);
    const keyless = [await begin(one), await begin(one)];
    expect(keyless[0]).not.toEqual(keyless[1]);

    const rows = await one.store.query(`select * from payment_requests where key = 'k1' and user_id = 'u1'`);
    expect(rows).toMatchObject([
      { id: first.requestId, saga_id: first.sagaId, amount_minor: '10000', currency: 'USD', card: 'card-ok' },
    ]);
  });

  it('runs to its end like any other', async () => {
    await using one = await replica('one');
    const [topped, refused] = [await begin(one), await begin(one)];
    await answerAll(one, topped.sagaId);
    await answerAll(one, refused.sagaId, ['wallet.top-up']);
    expect(await readSagaStatus(one.store, topped.sagaId)).toMatchObject({
      type: 'payment',
      order_id: topped.requestId,
      state: 'COMPLETED',
      transitions: [{ cause_id: '' }, {}, {}, {}],
    });
    expect(await stateOf(one, refused.sagaId)).toBe('COMPENSATED');
    expect((await one.commandsOf(refused.sagaId)).map((command) => command.action)).toEqual([
      'charge',
      'top-up',
      'refund',
      'send-cancellation',
    ]);
    for (const { sagaId } of [topped, refused]) await expectGapless(one, sagaId);
  });
});

describe('two replicas', () => {
  it('advance a saga one after the other, whatever arrives at once', async () => {
    await using one = await replica('one');
    await using two = await replica('two');
    for (let round = 0; round < 5; round++) {
      const sagaId = `contended-${round}`;
      await one.handle(created(sagaId));
      for (let answered = 0; ; answered++) {
        const command = (await one.commandsOf(sagaId))[answered];
        if (command === undefined) break;
        const answers = [one, two, one, two].map((replica) => replica.handle(answerTo(command)));
        const cancels = answered === 1 ? [two.handle(cancelRequested(sagaId))] : [];
        await Promise.all([...answers, ...cancels]);
      }
      expect(['COMPLETED', 'COMPENSATED']).toContain(await stateOf(one, sagaId));
      await expectGapless(one, sagaId);
      const keys = (await one.commandsOf(sagaId)).map((command) => command.idempotency_key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('leave a leased saga alone until the lease has run out, then fence off the sleeper', async () => {
    await using sleeper = await replica('sleeper', { leaseMs: 300 });
    await using heir = await replica('heir', { leaseMs: 300 });
    await sleeper.handle(created('slept'));
    const [command] = await sleeper.commandsOf('slept');
    if (command === undefined) throw new Error('no command was sent');

    // The sleeper takes the lease, decides, and sleeps before it writes.
    const asleep = Promise.withResolvers<void>();
    const wakes = Promise.withResolvers<void>();
    const slow = answerTo(command);
    const handler = sagaSubscriptions(sleeper.orchestration).find((s) => s.topic === slow.topic)?.handlers['*'];
    if (handler === undefined) throw new Error('nobody listens');
    const late = sleeper.store.handleOnce(slow, (unit) => {
      const client = new Proxy(unit.tx, {
        get: (target, property) => {
          const value: unknown = Reflect.get(target, property, target);
          if (property !== 'query' || typeof value !== 'function') return value;
          return async (text: string, values: unknown) => {
            if (text.startsWith('update sagas set state')) {
              asleep.resolve();
              await wakes.promise;
            }
            return Reflect.apply(value, target, [text, values]);
          };
        },
      });
      return handler.run({ ...unit, tx: client }, slow);
    });
    await asleep.promise;
    await expect(heir.deliver(answerTo(command))).rejects.toThrow(SagaLeasedError);
    // A cancel request would be honoured after the lease: the heir does it.
    await heir.handle(cancelRequested('slept'));
    wakes.resolve();
    await expect(late).rejects.toThrow(SagaChangedError);
    expect(await sleeper.handle(slow)).toBe('applied');
    const status = await readSagaStatus(heir.store, 'slept');
    expect(status).toMatchObject({ state: 'COMPENSATING' });
    await expectGapless(heir, 'slept');
  });

  it('refuse a save whose lease was taken over, although nobody has advanced the saga since', async () => {
    await using sleeper = await replica('sleeper', { leaseMs: 50 });
    await using heir = await replica('heir');
    await sleeper.handle(created('fenced'));
    const stale = await sleeper.store.sagaLeases.take('fenced');
    await expect.poll(() => heir.store.sagaLeases.take('fenced'), { timeout: 5_000 }).toBeDefined();
    const isSaved = await sleeper.store.transaction(async ({ tx }) => {
      const { state } = await loadSaga(tx, 'fenced');
      if (state === undefined || stale === undefined) throw new Error('saga or lease is missing');
      return updateSaga(tx, { ...state, seq: state.seq + 1 }, { previousSeq: state.seq, fence: stale });
    });
    expect(isSaved).toBe(false);
  });

  it('let a new incarnation take over the leases of its dead predecessor at once', async () => {
    await using dead = await replica('phoenix');
    await dead.handle(created('inherited'));
    const before = await dead.store.sagaLeases.take('inherited');
    await using stranger = await replica('stranger');
    expect(await stranger.store.sagaLeases.take('inherited')).toBeUndefined();
    await using reborn = await replica('phoenix');
    const after = await reborn.store.sagaLeases.take('inherited');
    expect(Number(after)).toBe(Number(before) + 1);
    expect(await dead.store.sagaLeases.take('inherited')).toBeUndefined();
  });
});

describe('deadlines', () => {
  it('fire once among replicas, after the process that set them is gone', async () => {
    {
      await using gone = await replica('gone', { stepTimeoutMs: 100 });
      await gone.handle(created('overdue'));
    }
    await using one = await replica('one', { stepTimeoutMs: 30_000 });
    await using two = await replica('two', { stepTimeoutMs: 30_000 });
    const stop = new AbortController();
    const environment = { signal: stop.signal, monotonicMs: Date.now, random: Math.random, onError: () => {} };
    const workers = [one, two].map((replica) =>
      deadlineWorker(replica.orchestration, replica.store).start(environment),
    );
    await expect.poll(async () => (await one.commandsOf('overdue')).length, { timeout: 10_000 }).toBe(2);
    stop.abort();
    await Promise.all(workers);
    expect((await one.commandsOf('overdue')).map((command) => command.attempt)).toEqual([1, 2]);
    const headers = await one.store.query<{ traceparent: string | null; cause: string | null }>(
      `select headers->>'traceparent' as traceparent, headers->>'cause-id' as cause
       from outbox_events where aggregate_id = 'overdue' and topic = 'user.commands' order by seq desc limit 1`,
    );
    expect(headers).toEqual([{ traceparent: TRACEPARENT, cause: null }]);
    const [row] = await one.store.query<{ cause_id: string; cause_saga_id: string; reason: string; trace_id: string }>(
      `select cause_id, cause_saga_id, reason, trace_id from saga_transitions where saga_id = 'overdue' and seq = 2`,
    );
    expect(row).toEqual({
      cause_id: '',
      cause_saga_id: 'overdue',
      reason: 'hold-limit timed out: repeated',
      trace_id: TRACEPARENT.split('-')[1],
    });
  });

  it('wait for commands to leave the outbox, and then for an answer as long as after any other', async () => {
    const stepTimeoutMs = 300;
    await using patient = await replica('patient', { stepTimeoutMs, isOutboxMarked: true });
    const markSent = (sagaId: string) =>
      patient.store.query('update outbox_events set processed_at = now() where aggregate_id = $1', [sagaId]);
    const attempts = async (sagaId: string) => (await patient.commandsOf(sagaId)).map((command) => command.attempt);
    await patient.handle(created('unsent'));
    await patient.handle(created('sent'));
    await markSent('sent');
    const stop = new AbortController();
    const environment = { signal: stop.signal, monotonicMs: Date.now, random: Math.random, onError: () => {} };
    const worker = deadlineWorker(patient.orchestration, patient.store).start(environment);
    await expect.poll(() => attempts('sent'), { timeout: 10_000 }).toEqual([1, 2]);
    // The other was overdue before, and the worker takes the most overdue first.
    expect(await attempts('unsent')).toEqual([1]);
    await markSent('unsent');
    await expect.poll(() => attempts('unsent'), { timeout: 10_000 }).toEqual([1, 2]);
    stop.abort();
    await worker;
    const [row] = await patient.store.query<{ waited_ms: number }>(
      `select extract(epoch from max(created_at) - min(processed_at))::float8 * 1000 as waited_ms
       from outbox_events where aggregate_id = 'unsent' and topic = 'user.commands'`,
    );
    expect(row?.waited_ms).toBeGreaterThanOrEqual(stepTimeoutMs);
    // The repetition of the first has not left either, so there is no third.
    expect(await attempts('sent')).toEqual([1, 2]);
  });
});
