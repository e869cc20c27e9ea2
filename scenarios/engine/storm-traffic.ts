import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Outcome } from '../model/workload.ts';
import { driveRequests } from './drive-requests.ts';
import type { RunContext } from './run-context.ts';
import type { SagaMoments } from './saga-moments.ts';

/** The system is still working off its backlog when it is asked: a queue at the counter, not a stampede. */
const CLOSING_READERS = 8;

/** The requests of a storm, which outlive it: clients go on re-sending until they have an answer or give up. */
export class StormTraffic implements AsyncDisposable {
  readonly #client: Client;
  readonly #context: RunContext;
  readonly #giveUp = new AbortController();
  readonly #outcomes = new Map<string, Outcome>();
  #done: Promise<void> = Promise.resolve();

  constructor(client: Client, context: RunContext) {
    this.#client = client;
    this.#context = context;
  }

  /** `sagas` tells when the sagas reach the points that requests wait for. */
  start(sagas: SagaMoments): void {
    const { plan, signal } = this.#context;
    this.#done = driveRequests(plan.requests, {
      client: this.#client,
      stop: signal,
      giveUp: this.#giveUp.signal,
      signal,
      outcomes: this.#outcomes,
      sagas,
    });
    // `settle` tells the caller of a failure; until then it is not unhandled.
    this.#done.catch(() => undefined);
  }

  /** Waits for the requests under way, at most `graceMs`, then lets the clients give up. Rejects when one could not be recorded. */
  async settle(graceMs: number): Promise<void> {
    const over = new AbortController();
    const grace = delay(graceMs, undefined, { signal: AbortSignal.any([over.signal, this.#context.signal]) }).catch(
      () => undefined,
    );
    await Promise.race([this.#done.catch(() => undefined), grace]);
    over.abort();
    this.#giveUp.abort(new Error('the clients gave up'));
    await this.#done;
  }

  /** Asks the healed system for what it had acknowledged; after `boundMs` nobody asks any more. Call it after `settle`. */
  async close(boundMs: number): Promise<void> {
    const { plan, scenario, signal } = this.#context;
    const over = AbortSignal.any([signal, AbortSignal.timeout(boundMs)]);
    await driveRequests(scenario.workload.closing(plan.requests), {
      client: this.#client,
      stop: over,
      giveUp: over,
      signal,
      outcomes: this.#outcomes,
      atOnce: CLOSING_READERS,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp.abort(new Error('the run is over'));
    await this.#done.catch(() => undefined);
  }
}
