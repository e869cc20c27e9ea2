import type { StoredEvent } from '../stored-event.ts';

/** State of an aggregate with the fields that its service's store has (`contract/stores.ts`). */
export type State = Readonly<Record<string, unknown>>;

/** The state after one more event; undefined before the first. Pure; an event of a type that it does not know changes nothing. */
export type Fold = (state: State | undefined, event: StoredEvent) => State;

/**
 * The fold of an aggregate whose events carry the values that they leave behind: laid over each other in order they
 * are its state. `statuses`: what a type alone says about `status`.
 */
export function overlay(fields: readonly string[], statuses: Readonly<Record<string, string>> = {}): Fold {
  return (state, { aggregateId, type, data }) => {
    const values = new Map(Object.entries(isRecord(data) ? data : {}));
    const carried = fields.filter((field) => values.has(field)).map((field) => [field, values.get(field)]);
    const status = statuses[type];
    return {
      ...(state ?? { id: aggregateId }),
      ...(status === undefined ? {} : { status }),
      ...Object.fromEntries(carried),
    };
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
