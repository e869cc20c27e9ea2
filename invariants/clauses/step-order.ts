import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest } from '../model/harvest.ts';
import { messageTable } from '../model/message-table.ts';
import { SUCCESSORS } from '../model/saga-steps.ts';
import { nameOf, subjectsById } from '../model/subject.ts';

/**
 * The commands of each saga come in the order of its steps, and compensations in the reverse of it. Judged by what each command was
 * sent on account of (an answer, or the message that started or cancelled the saga), not by the saga's own log. What a timer
 * repeats has no cause and is not judged; the answer to it is.
 */
export function checkStepOrder(history: History, harvest: Harvest, findings: Findings): void {
  const messages = messageTable(harvest);
  const subjects = subjectsById(harvest);
  harvest.outbox.forEach(({ topic, type, orderId }, n) => {
    if (!topic.endsWith('.commands')) return;
    const cause = messages.row(messages.causeOf(n));
    if (cause === undefined) return;
    const kind = subjects.get(orderId)?.kind;
    const allowed = kind && SUCCESSORS.get(kind)?.get(cause.type);
    if (kind === undefined || allowed?.has(type) === true) return;
    const due = allowed === undefined || allowed.size === 0 ? 'nothing' : [...allowed].join(' or ');
    findings.violate(`${type} was asked for upon ${cause.type}: out of order, ${due} may follow that`, {
      entity: nameOf(harvest, orderId),
      hop: 'orchestrator: inbox -> outbox',
      events: acknowledgementOf(history, orderId),
    });
  });
}
