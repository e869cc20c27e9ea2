import { EVENT_SOURCES, eventsTopic } from '#sut/contract/topics.ts';
import { FOLDS } from './folds/catalog.ts';
import type { State } from './folds/fold.ts';
import type { StoredEvent } from './stored-event.ts';

export interface Replayed {
  /** Null when the first event is missing. */
  readonly state: State | null;
  /** Version of the last event that the state contains; 0 for none. */
  readonly version: number;
  /** How many events were folded. */
  readonly events: number;
  /** The first gap; what lies behind it is not part of the state, since nobody knows what it builds upon. */
  readonly missing: readonly [from: number, to: number] | null;
}

/** Folds an aggregate from its events, given in the order of versions; undefined when there are none. Pure. */
export function replay(topic: string, history: readonly StoredEvent[]): Replayed | undefined {
  const source = EVENT_SOURCES.find((candidate) => eventsTopic(candidate) === topic);
  if (source === undefined) throw new Error(`no fold for topic ${topic}`);
  if (history.length === 0) return undefined;
  let state: State | undefined;
  let version = 0;
  for (const event of history) {
    if (event.version !== version + 1) {
      return { state: state ?? null, version, events: version, missing: [version + 1, event.version - 1] };
    }
    state = FOLDS[source](state, event);
    version = event.version;
  }
  return { state: state ?? null, version, events: version, missing: null };
}
