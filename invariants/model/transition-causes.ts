import type { Harvest } from './harvest.ts';
import { memoize } from './memoize.ts';
import { messageTable } from './message-table.ts';

/** Number of the message that caused each transition of `harvest.transitions`; -1 when it has none or is no known message. */
export const transitionCauses = memoize((harvest: Harvest): Int32Array => {
  const messages = messageTable(harvest);
  return Int32Array.from(harvest.transitions, ({ causeId }) => (causeId === '' ? -1 : messages.numberOf(causeId)));
});
