import type { ScheduledFault } from '../model/fault-schedule.ts';
import type { HistorySink } from '../model/workload.ts';
import { EventTrigger } from './event-trigger.ts';
import type { StepPointReached } from './step-point-detector.ts';

interface Moment {
  readonly step: string;
  readonly trigger: EventTrigger;
  readonly come: PromiseWithResolvers<void>;
  hasCome: boolean;
}

/** The moments that the event-triggered steps of a schedule wait for. */
export class EventMoments {
  readonly #moments: readonly Moment[];
  readonly #stormMs: () => number;
  readonly #history: HistorySink;

  /** `stormMs` tells the time since the storm began. */
  constructor(steps: readonly ScheduledFault[], stormMs: () => number, history: HistorySink) {
    this.#moments = steps.flatMap(({ id, trigger }) =>
      trigger.kind === 'event'
        ? [{ step: id, trigger: new EventTrigger(trigger), come: Promise.withResolvers<void>(), hasCome: false }]
        : [],
    );
    this.#stormMs = stormMs;
    this.#history = history;
  }

  /** A saga reached a point: lets every step go that waited for it, and records that. */
  offer(reached: StepPointReached): void {
    for (const moment of this.#moments) {
      if (moment.hasCome || !moment.trigger.isMetBy(reached, this.#stormMs())) continue;
      moment.hasCome = true;
      moment.come.resolve();
      this.#history.record({ type: 'observation', kind: 'trigger', values: { fault: moment.step, ...reached } });
    }
  }

  /** True when the step's moment has come, false when `over` aborts first. */
  async wait(step: string, over: AbortSignal): Promise<boolean> {
    const moment = this.#moments.find((one) => one.step === step);
    if (moment === undefined || over.aborted) return moment?.hasCome ?? false;
    const ended = Promise.withResolvers<void>();
    const end = (): void => ended.resolve();
    over.addEventListener('abort', end, { once: true });
    try {
      await Promise.race([moment.come.promise, ended.promise]);
      return moment.hasCome;
    } finally {
      over.removeEventListener('abort', end);
    }
  }
}
