import { z } from 'zod';
import type { Environment } from '#sut/contract/environment.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { awaitQuiescence } from '../engine/await-quiescence.ts';
import { followTopics } from '../engine/kafka-log/follow-topics.ts';
import { RunEvents } from '../engine/run-events.ts';
import { Stores } from '../engine/stores/stores.ts';
import { seedStock } from '../rto/seed-stock.ts';
import { quantileOf } from '../rto/statistics.ts';
import { HttpPeer } from '../workloads/shop/http-exchange.ts';
import { type DrivenOrder, type DrivenOrders, driveOrders } from './drive-orders.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const WARM_UP_MS = 3_000;
// What a burst leaves behind takes many times as long as the burst.
const REST_BOUND_MS = 240_000;

export interface LoadOptions {
  /** Customers who order as fast as they are answered, for `burstMs`. */
  readonly clients: number;
  readonly burstMs: number;
  /** Orders a second that come steadily for `steadyMs`, fewer than the system can finish. */
  readonly steadyPerSecond: number;
  readonly steadyMs: number;
  readonly signal: AbortSignal;
}

interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a fault-free system does, with more orders than it can finish at once and with as many as it can. */
export interface LoadResult {
  readonly burst: {
    readonly clients: number;
    readonly acknowledged: number;
    readonly failed: number;
    /** Orders that were acknowledged, per second. */
    readonly ordersPerSecond: number;
    /** Until the answer to the client. */
    readonly acknowledge: Latency;
    /** Sagas that ended, per second, from the first order until the last saga's end. */
    readonly sagasPerSecond: number;
  };
  readonly steady: {
    readonly ordersPerSecond: number;
    readonly failed: number;
    readonly acknowledge: Latency;
    /** From the client's request until its saga's last transition. */
    readonly saga: Latency;
    /** From the moment that an outbox row was written until a read_committed consumer of its topic had it (`order.events`). */
    readonly outboxToConsumer: Latency;
  };
}

/** Loads a running environment that is at rest. Rejects when an order is lost or the system does not come to rest. */
export async function measureLoad(environment: Environment, options: LoadOptions): Promise<LoadResult> {
  const { clients, burstMs, steadyPerSecond, steadyMs, signal } = options;
  await seedStock(environment, signal);
  await using stores = new Stores(environment);
  await using gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, REQUEST_TIMEOUT_MS);
  const untilRest = async (): Promise<void> => {
    const rest = await awaitQuiescence(stores, environment, REST_BOUND_MS, { events: new RunEvents(), signal });
    if (rest.reason !== 'quiescent') throw new Error(`the system did not come to rest: ${rest.reason}`);
  };
  const steady = (keyPrefix: string, durationMs: number) =>
    driveOrders({ gateway, clients: steadyPerSecond, everyMs: 1_000, durationMs, keyPrefix, signal });
  await steady('warm-up', WARM_UP_MS);
  await untilRest();

  const arrivals = new Map<string, number>();
  const over = new AbortController();
  const following = await followTopics({
    brokerPorts: environment.entryPorts('kafka'),
    topics: [eventsTopic('order')],
    isolation: 'read_committed',
    onRecord: ({ headers }) => arrivals.set(headers[HEADERS.messageId] ?? '', Date.now()),
    signal: AbortSignal.any([signal, over.signal]),
  });
  const paced = await steady('steady', steadyMs);
  await untilRest();
  over.abort();
  await following.done;

  const burst = await driveOrders({ gateway, clients, durationMs: burstMs, keyPrefix: 'burst', signal });
  await untilRest();

  const endsAtMs = await sagaEnds(stores);
  const burstBeganAtMs = Math.min(...burst.orders.map(({ beganAtMs }) => beganAtMs));
  const burstEndedAtMs = Math.max(...burst.orders.map((order) => endOf(order, endsAtMs)));
  return {
    burst: {
      clients,
      acknowledged: burst.orders.length,
      failed: burst.failed,
      ordersPerSecond: rate(burst.orders.length, burst.elapsedMs),
      acknowledge: acknowledgements(burst),
      sagasPerSecond: rate(burst.orders.length, burstEndedAtMs - burstBeganAtMs),
    },
    steady: {
      ordersPerSecond: rate(paced.orders.length, paced.elapsedMs),
      failed: paced.failed,
      acknowledge: acknowledgements(paced),
      saga: latencyOf(paced.orders.map((order) => endOf(order, endsAtMs) - order.beganAtMs)),
      outboxToConsumer: latencyOf(await outboxDelays(stores, arrivals)),
    },
  };
}

function endOf({ sagaId }: DrivenOrder, endsAtMs: ReadonlyMap<string, number>): number {
  const atMs = endsAtMs.get(sagaId);
  if (atMs === undefined) throw new Error(`saga ${sagaId} of an acknowledged order has not ended`);
  return atMs;
}

const acknowledgements = ({ orders }: DrivenOrders): Latency =>
  latencyOf(orders.map(({ beganAtMs, endedAtMs }) => endedAtMs - beganAtMs));

const endSchema = z.array(z.object({ id: z.string(), atMs: z.coerce.number() }));

async function sagaEnds(stores: Stores): Promise<ReadonlyMap<string, number>> {
  const sql = `select s.id, extract(epoch from max(t.at)) * 1000 as "atMs" from sagas s
    join saga_transitions t on t.saga_id = s.id where s.state in ('COMPLETED', 'COMPENSATED') group by s.id`;
  const rows = endSchema.parse(await stores.rows('orchestrator', sql));
  return new Map(rows.map(({ id, atMs }) => [id, atMs]));
}

async function outboxDelays(stores: Stores, arrivals: ReadonlyMap<string, number>): Promise<readonly number[]> {
  const sql = `select id, extract(epoch from created_at) * 1000 as "atMs" from outbox_events
    where topic = '${eventsTopic('order')}'`;
  const rows = endSchema.parse(await stores.rows('order', sql));
  return rows.flatMap(({ id, atMs }) => {
    const arrivedMs = arrivals.get(id);
    return arrivedMs === undefined ? [] : [arrivedMs - atMs];
  });
}

const rate = (count: number, elapsedMs: number): number => Math.round((count / elapsedMs) * 10_000) / 10;

function latencyOf(samplesMs: readonly number[]): Latency {
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    count: samplesMs.length,
    p50Ms: round(quantileOf(samplesMs, 0.5)),
    p99Ms: round(quantileOf(samplesMs, 0.99)),
  };
}
