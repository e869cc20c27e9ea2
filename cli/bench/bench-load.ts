import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, measureLoad } from '#scenarios/load/measure-load.ts';
import { measureRecording, type RecordingResult } from '#scenarios/load/measure-recording.ts';
import { provision } from '#sut/environment/provision.ts';

const CLIENTS = 16;
const DURATION_MS = 20_000;
const RECORDING = { clients: CLIENTS, roundMs: 5_000, rounds: 3 };
const LIMIT_MS = 600_000;

export interface LoadBench {
  readonly withProxies: LoadResult;
  readonly withoutProxies: LoadResult;
  readonly debezium: LoadResult;
  readonly recording: RecordingResult;
}

/** Throughput and latencies of the compact topology without faults, each way in an environment of its own, one after the other. */
export async function benchLoad(): Promise<LoadBench> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const loaded = (how: Parameters<typeof inEnvironment>[0]) =>
    inEnvironment(how, signal, (environment) =>
      measureLoad(environment, { clients: CLIENTS, durationMs: DURATION_MS, signal }),
    );
  const withProxies = await inEnvironment({}, signal, async (environment) => ({
    load: await measureLoad(environment, { clients: CLIENTS, durationMs: DURATION_MS, signal }),
    recording: await measureRecording(environment, { ...RECORDING, signal }),
  }));
  return {
    withProxies: withProxies.load,
    withoutProxies: await loaded({ proxies: false }),
    debezium: await loaded({ publisher: 'debezium' }),
    recording: withProxies.recording,
  };
}

async function inEnvironment<T>(
  how: { readonly proxies?: boolean; readonly publisher?: 'debezium' },
  signal: AbortSignal,
  measure: (environment: Awaited<ReturnType<typeof provision>>) => Promise<T>,
): Promise<T> {
  const stateDir = await mkdtemp(join(tmpdir(), 'chaos-bench-'));
  try {
    await using environment = await provision({
      ...{ stateDir, runDir: join(stateDir, 'run'), ports: 'auto', signal },
      ...how,
    });
    return await measure(environment);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
