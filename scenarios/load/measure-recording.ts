import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '#sut/contract/environment.ts';
import { Recorder } from '../engine/recorder.ts';
import { quantileOf } from '../rto/statistics.ts';
import { HttpPeer } from '../workloads/shop/http-exchange.ts';
import { type DriveOptions, driveOrders } from './drive-orders.ts';

const REQUEST_TIMEOUT_MS = 10_000;

export interface RecordingOptions {
  readonly clients: number;
  readonly roundMs: number;
  /** Rounds with and rounds without recording, in turn, so that a drift of the machine meets both. */
  readonly rounds: number;
  readonly signal: AbortSignal;
}

/** What writing the history costs the system under test; medians over the rounds. */
export interface RecordingResult {
  readonly plainPerSecond: number;
  readonly recordedPerSecond: number;
  /** Share of the throughput that recording takes, 0..1; negative when noise is larger than the cost. */
  readonly cost: number;
}

/** Loads a running environment whose stock is seeded, with and without a history of every order. */
export async function measureRecording(environment: Environment, options: RecordingOptions): Promise<RecordingResult> {
  const { clients, roundMs, rounds, signal } = options;
  await using gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, REQUEST_TIMEOUT_MS);
  const folder = await mkdtemp(join(tmpdir(), 'chaos-recording-'));
  const perSecond = async (keyPrefix: string, hooks: Pick<DriveOptions, 'onBegin' | 'onEnd'>): Promise<number> => {
    const { orders, elapsedMs } = await driveOrders({
      ...{ gateway, clients, durationMs: roundMs, keyPrefix, signal },
      ...hooks,
    });
    return (orders.length / elapsedMs) * 1_000;
  };
  try {
    const plain: number[] = [];
    const recorded: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      plain.push(await perSecond(`plain-${round}`, {}));
      using recorder = new Recorder({ path: join(folder, `${round}.ndjson`), now: () => performance.now() });
      recorded.push(await perSecond(`recorded-${round}`, recordingHooks(recorder)));
    }
    const [plainPerSecond, recordedPerSecond] = [quantileOf(plain, 0.5), quantileOf(recorded, 0.5)];
    return { plainPerSecond, recordedPerSecond, cost: 1 - recordedPerSecond / plainPerSecond };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function recordingHooks(recorder: Recorder): Required<Pick<DriveOptions, 'onBegin' | 'onEnd'>> {
  const invocations = new Map<string, number>();
  const common = { process: 1, op: 'place-order' } as const;
  return {
    onBegin: (key) => {
      const input = { user_id: 'rto', card: 'card-ok', idempotency_key: key };
      invocations.set(key, recorder.record({ type: 'invoke', ...common, input }).index);
    },
    onEnd: (key, order) => {
      const invocation = invocations.get(key) ?? 0;
      invocations.delete(key);
      if (order === undefined) recorder.record({ type: 'info', ...common, invocation, error: 'no answer' });
      else recorder.record({ type: 'ok', ...common, invocation, output: { ...order } });
    },
  };
}
