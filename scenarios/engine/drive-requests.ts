import { setTimeout as delay } from 'node:timers/promises';
import type { TimedRequest } from '../model/plan.ts';
import type { Client, Outcome } from '../model/workload.ts';
import type { SagaMoments } from './saga-moments.ts';

export interface DriveOptions {
  readonly client: Client;
  /** No request is begun after this; those under way go on. */
  readonly stop: AbortSignal;
  /** Clients give up: nothing is sent again. */
  readonly giveUp: AbortSignal;
  /** Running attempts end at once, with an unknown outcome. */
  readonly signal: AbortSignal;
  /** How earlier requests ended, by id; those of this call are added. */
  readonly outcomes?: Map<string, Outcome>;
  /** Tells when sagas reach points; absent: requests go without waiting for theirs. */
  readonly sagas?: Pick<SagaMoments, 'wait'>;
  /** At most so many are under way at once, the rest waits for them (a closed loop); absent: an open loop. */
  readonly atOnce?: number;
}

/** Lets a bounded number in at a time. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  async enter(): Promise<Disposable> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return {
      [Symbol.dispose]: () => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#free += 1;
        else next();
      },
    };
  }
}

/** Hands out the lowest free number, so that a process never has two operations at once. */
class ProcessNumbers {
  readonly #free: number[] = [];
  #next = 0;

  take(): number {
    const number = this.#free.shift();
    if (number !== undefined) return number;
    this.#next += 1;
    return this.#next - 1;
  }

  give(number: number): void {
    this.#free.push(number);
    this.#free.sort((a, b) => a - b);
  }
}

/**
 * Performs each request at its time, counted from now, whatever became of the others (open loop: a slow system is not
 * asked more gently, unless `atOnce` says so). Resolves when all have ended. Rejects when an outcome could not be recorded.
 */
export async function driveRequests(requests: readonly TimedRequest[], options: DriveOptions): Promise<void> {
  const startMs = performance.now();
  const processes = new ProcessNumbers();
  const gate = options.atOnce === undefined ? undefined : new Gate(options.atOnce);
  const ended = new Map(requests.map(({ id }) => [id, Promise.withResolvers<Outcome | undefined>()]));
  const outcomeOf = async (id: string): Promise<Outcome | undefined> =>
    ended.has(id) ? ended.get(id)?.promise : options.outcomes?.get(id);
  const drive = async (request: TimedRequest): Promise<Outcome | undefined> => {
    if (!(await reached(startMs + request.atMs, options.stop))) return undefined;
    const after = request.after === undefined ? undefined : await outcomeOf(request.after);
    if (request.after !== undefined && after?.type !== 'ok') return undefined;
    const sagaId = after?.output?.saga_id;
    if (request.when !== undefined && typeof sagaId === 'string') {
      await options.sagas?.wait(sagaId, request.when, options.stop);
    }
    if (!(await reached(performance.now() + (request.afterMs ?? 0), options.stop))) return undefined;
    using _place = await gate?.enter();
    if (options.stop.aborted) return undefined;
    const process = processes.take();
    try {
      const context = {
        process,
        giveUp: options.giveUp,
        signal: options.signal,
        ...(after?.output === undefined ? {} : { after: after.output }),
      };
      return await options.client.perform(request, context);
    } finally {
      processes.give(process);
    }
  };
  const results = await Promise.allSettled(
    requests.map(async (request) => {
      const end = ended.get(request.id);
      try {
        const outcome = await drive(request);
        if (outcome !== undefined) options.outcomes?.set(request.id, outcome);
        end?.resolve(outcome);
      } finally {
        end?.resolve(undefined);
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Waits for a time of `performance.now()`; false when stopped before. */
async function reached(timeMs: number, stop: AbortSignal): Promise<boolean> {
  const restMs = timeMs - performance.now();
  if (restMs > 0) await delay(restMs, undefined, { signal: stop }).catch(() => undefined);
  return !stop.aborted;
}
