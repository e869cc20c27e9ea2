import { EventEmitter } from 'node:events';
import type { Event } from '#invariants/history/event.ts';

/** Completions so far, with the time of the run at which they were counted. */
export interface RunCounters {
  readonly timeMs: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly open: number;
}

/**
 * What a person may want to see while a run goes on: `recorded` is every event of the history as it is written (phases,
 * faults, observations among them), `counters` comes every second, `waiting` says what a phase is waiting for.
 */
export class RunEvents extends EventEmitter<{
  recorded: [event: Event];
  counters: [counters: RunCounters];
  waiting: [text: string];
}> {}
