import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { ExplainedError } from '../../model/explained-error.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 4;
const RETRY_DELAY_MS = 250;

/** A service did not take a part of the plan's initial data. */
class SeedRejected extends ExplainedError {
  constructor({ service, path }: SeedRequest, answer: string, options?: ErrorOptions) {
    super(
      {
        what: `${service} did not take ${path}: ${answer}`,
        where: service,
        todo: `read the log of ${service} in the bundle`,
      },
      options,
    );
  }
}

export interface SeedRequest {
  readonly service: ComponentName;
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Answers that mean that the data is there. */
  readonly taken: readonly number[];
  /** Answers that mean it from the second attempt on: an earlier one may have been taken without our seeing the answer. */
  readonly takenBefore?: readonly number[];
}

/** Sends initial data to the service itself, not through the gateway. Rejects with `SeedRejected`, or with the signal's reason. */
export async function sendSeed(environment: Environment, seed: SeedRequest, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${environment.port(seed.service)}${seed.path}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: seed.method,
        headers: { 'content-type': 'application/json', ...seed.headers },
        body: JSON.stringify(seed.body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      const answer = await response.text();
      if (seed.taken.includes(response.status)) return;
      if (attempt > 1 && seed.takenBefore?.includes(response.status) === true) return;
      if (response.status < 500 || attempt === ATTEMPTS) {
        throw new SeedRejected(seed, `${response.status} ${answer.slice(0, 200)}`);
      }
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof SeedRejected) throw cause;
      if (attempt === ATTEMPTS) throw new SeedRejected(seed, String(cause), { cause });
    }
    await delay(RETRY_DELAY_MS, undefined, { signal });
  }
}
