import { setTimeout as delay } from 'node:timers/promises';
import { ensureRunning } from './provision-connectors.ts';

const PERIOD_MS = 1_000;

/**
 * Starts failed tasks of the Kafka Connect worker at `port` again until disposed. Kafka Connect leaves that to whoever
 * operates it (Strimzi: `autoRestart`), and Debezium calls some losses of its connection final: a database that goes away
 * while the connector looks up its types ends the task, not so a moment before and a moment later. Does not keep the process alive.
 */
export function restartFailedTasks(port: number): Disposable {
  const ended = new AbortController();
  void watch(port, ended.signal);
  return { [Symbol.dispose]: () => ended.abort() };
}

async function watch(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // The worker may be dead or at work on another change: the next look tells.
    await ensureRunning(port, 0, signal).catch(() => undefined);
    await delay(PERIOD_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
