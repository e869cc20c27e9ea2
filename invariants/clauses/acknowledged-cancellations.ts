import type { History } from '../history/history.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { outboxByOrder } from '../model/harvest-index.ts';

const REQUESTED = 'order.cancel-requested';
/** Only what ends an order says so: there was nothing left to ask the saga for. */
const CANCELLED = 'order.cancelled';

/**
 * A cancellation that a client saw acknowledged is never lost: the order service asked the saga for it, or had the order cancelled already.
 * Whether the saga still could cancel is its own affair. Returns how many were acknowledged.
 */
export function checkCancellations(history: History, harvest: Harvest, findings: Findings): number {
  const sent = outboxByOrder(harvest);
  let acknowledged = 0;
  for (const [{ index, input }, answer] of history.pairs('cancel-order')) {
    if (answer?.type !== 'ok' || typeof input.order_id !== 'string') continue;
    acknowledged += 1;
    const isDone = answer.output?.status === 'cancelled';
    const due = isDone ? CANCELLED : REQUESTED;
    if (sent.get(input.order_id)?.some(({ type }) => type === due) === true) continue;
    const message = `its cancellation was acknowledged, but no ${due} was ever published`;
    findings.violate(message, {
      entity: `order ${input.order_id}`,
      hop: 'client -> order',
      events: [index, answer.index],
    });
  }
  return acknowledged;
}
