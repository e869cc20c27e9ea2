import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { sagasById } from '../model/harvest-index.ts';
import { nameOf } from '../model/subject.ts';
import { holdDifference } from './hold-difference.ts';

/** What a user has spent is what is HELD and within the limit, and held is what ended sagas owe. */
export function checkSpendingLimits(history: History, harvest: Harvest, findings: Findings): void {
  const held = new Map<string, number>();
  for (const { userId, sagaId, amountMinor, status } of harvest.spendingHolds) {
    if (status !== 'HELD') continue;
    held.set(userId, (held.get(userId) ?? 0) + amountMinor);
    if (sagasById(harvest).has(sagaId)) continue;
    findings.violate(`${amountMinor} are HELD for saga ${sagaId}, which does not exist`, {
      entity: `user ${userId}`,
      hop: 'orchestrator -> user',
    });
  }
  for (const { id, spentMinor, limitMinor } of harvest.users) {
    const place = { entity: `user ${id}`, hop: 'hold -> user' };
    const sum = held.get(id) ?? 0;
    held.delete(id);
    if (spentMinor !== sum) findings.violate(`${spentMinor} are spent, but ${sum} are HELD (minor units)`, place);
    if (spentMinor > limitMinor) findings.violate(`${spentMinor} are spent of a limit of ${limitMinor}`, place);
    if (spentMinor < 0) findings.violate(`${spentMinor} are spent: negative`, place);
  }
  for (const [userId, sum] of held) {
    findings.violate(`${sum} are HELD of a user that does not exist`, {
      entity: `user ${userId}`,
      hop: 'hold -> user',
    });
  }
  for (const saga of sagasById(harvest).values()) {
    const difference = holdDifference(harvest, saga);
    if (difference === undefined) continue;
    findings.violate(`its saga is ${saga.state}, but ${difference}`, {
      entity: nameOf(harvest, saga.orderId),
      hop: 'orchestrator -> user',
      events: acknowledgementOf(history, saga.orderId),
    });
  }
}
