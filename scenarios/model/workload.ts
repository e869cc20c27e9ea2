import type { Arbitrary } from 'fast-check';
import type { Completion, Event, UnstampedEvent } from '#invariants/history/event.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { Plan, TimedRequest } from './plan.ts';
import type { SpanSink } from './span-sink.ts';

export interface WorkloadSize {
  readonly seed: number;
  readonly stormMs: number;
  readonly orders: number;
}

/** What a workload adds to a plan. */
export type DrawnWorkload = Pick<Plan, 'products' | 'users' | 'wallets' | 'warmUp' | 'requests'>;

/** Where operations are written down, before and after they happen. */
export interface HistorySink {
  record(event: UnstampedEvent): Event;
}

/** How a request ended for its client, over all its attempts. */
export interface Outcome {
  readonly type: Completion['type'];
  readonly output?: Readonly<Record<string, unknown>>;
}

export interface RequestContext {
  /** Number of the client process that performs it; it performs nothing else meanwhile. */
  readonly process: number;
  /** Output of the request named by `after`. */
  readonly after?: Readonly<Record<string, unknown>>;
  /** Aborted when clients give up: nothing is sent again. The running attempt ends by itself: cut short it would look like an outage. */
  readonly giveUp: AbortSignal;
  /** Aborted when the run is interrupted: the running attempt ends as `info`. */
  readonly signal: AbortSignal;
}

/** A client of the system's public interface. */
export interface Client extends AsyncDisposable {
  /** Performs one request, re-sending it as a real client would; each attempt is recorded as one operation. */
  perform(request: TimedRequest, context: RequestContext): Promise<Outcome>;
}

/** What users do with the system. One folder each under `workloads/`. */
export interface Workload {
  readonly name: string;
  readonly summary: string;
  draw(size: WorkloadSize): Arbitrary<DrawnWorkload>;
  /**
   * What clients ask once everything is healed: proof that the system answers after the last fault, and that it still
   * knows what it had acknowledged.
   */
  closing(requests: readonly TimedRequest[]): readonly TimedRequest[];
  /** Writes the plan's initial data; rejects when the system does not take it. */
  seed(environment: Environment, plan: Plan, signal: AbortSignal): Promise<void>;
  connect(environment: Environment, history: HistorySink, spans: SpanSink): Client;
}
