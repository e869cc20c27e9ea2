import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';

/** One fault's time in a history, in ms of the run's clock. A missing end means that the history does not show it. */
export interface FaultWindow {
  readonly fault: string;
  readonly kind: string;
  readonly targets: readonly string[];
  readonly injectMs: number;
  /** Missing also when the harm was undone without proof that it is over. */
  readonly healedMs: number | undefined;
  /** When the harm must be taken to be over: of a fault that never came into effect, when it was undone; missing when its healing failed. */
  readonly overMs: number | undefined;
  /** Index of the event from which on the fault was being undone. */
  readonly healIndex: number | undefined;
  readonly events: readonly number[];
}

/** Every fault of a history, in the order of injection. */
export const faultWindows = memoize((history: History): readonly FaultWindow[] => {
  const windows = new Map<string, OpenWindow>();
  for (const event of history) {
    if (event.type !== 'fault') continue;
    let window = windows.get(event.fault);
    if (window === undefined) {
      const { fault, kind, targets, timeMs: injectMs } = event;
      window = {
        fault,
        kind,
        targets,
        injectMs,
        healedMs: undefined,
        overMs: undefined,
        healIndex: undefined,
        events: [],
      };
      windows.set(event.fault, window);
    }
    window.events.push(event.index);
    if (event.phase === 'heal' || event.phase === 'healed') window.healIndex ??= event.index;
    if (event.phase === 'heal') window.overMs ??= event.timeMs;
    // A heal may be tried more than once; the harm is certainly over only after the last one.
    if (event.phase === 'healed') {
      window.healedMs = event.error === undefined ? event.timeMs : undefined;
      window.overMs = window.healedMs;
    }
  }
  return [...windows.values()];
});

type OpenWindow = { -readonly [Field in keyof FaultWindow]: FaultWindow[Field] } & { readonly events: number[] };

/**
 * Whether a fault may disturb an operation: a component does when it is on the operation's path, a link `a->b` when it is
 * named in the path or both its ends are. An operation that does not declare its path (`input.reach`) is
 * taken to touch everything.
 */
export function touches(targets: readonly string[], reach: unknown): boolean {
  if (!Array.isArray(reach)) return true;
  return targets.some((target) => {
    if (reach.includes(target)) return true;
    const arrow = target.indexOf('->');
    return arrow > 0 && reach.includes(target.slice(0, arrow)) && reach.includes(target.slice(arrow + 2));
  });
}
