import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, measureLoad } from '#scenarios/load/measure-load.ts';
import { measureRecording, type RecordingResult } from '#scenarios/load/measure-recording.ts';
import { provision } from '#sut/environment/provision.ts';

const CLIENTS = 16;
// Half of what two cores finish; a burst of seconds takes them a minute to finish.
const LOAD = { clients: CLIENTS, burstMs: 3_000, steadyPerSecond: 4, steadyMs: 30_000 };
const RECORDING = { clients: CLIENTS, roundMs: 3_000, rounds: 3 };
const LIMIT_MS = 1_200_000;

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
    inEnvironment(how, signal, (environment) => measureLoad(environment, { ...LOAD, signal }));
  const withProxies = await inEnvironment({}, signal, async (environment) => ({
    load: await measureLoad(environment, { ...LOAD, signal }),
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
