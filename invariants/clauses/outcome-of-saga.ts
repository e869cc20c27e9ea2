import type { Harvest, SagaRow } from '../model/harvest.ts';
import { notificationsByOrder, paymentsByOrder } from '../model/harvest-index.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import type { Subject } from '../model/subject.ts';
import { holdDifference } from './hold-difference.ts';
import type { Violate } from './violate.ts';
import { walletDifference } from './wallet-difference.ts';

/** Spending limit, card, wallet and messages must be as the end of the saga says, whatever the saga is about. */
export function checkSagaOutcome(harvest: Harvest, saga: SagaRow, subject: Subject, violate: Violate): void {
  const isCompleted = saga.state === 'COMPLETED';
  const held = holdDifference(harvest, saga);
  if (held !== undefined) violate(held, 'orchestrator -> user');

  let captured = 0;
  for (const payment of paymentsByOrder(harvest).get(subject.id) ?? []) {
    if (payment.status === 'CAPTURED') captured += 1;
    if (payment.status === 'PENDING' || payment.status === 'REVERSING') {
      violate(`payment ${payment.id} is still ${payment.status}`, 'orchestrator -> payment');
    }
  }
  const expected = isCompleted ? 1 : 0;
  if (captured !== expected)
    violate(`${captured} of its payments are CAPTURED, not ${expected}`, 'orchestrator -> payment');

  const net = netMinor(ledgerByOrder(harvest).get(subject.id));
  const owed = isCompleted ? subject.chargedMinor : 0;
  if (net !== owed) violate(`the acquirer holds ${net} for it, not ${owed} (minor units)`, 'payment -> acquirer');

  const wallet = walletDifference(harvest, saga);
  if (wallet !== undefined) violate(wallet, 'orchestrator -> wallet');

  const kind = isCompleted ? 'confirmation' : 'cancellation';
  const messages = notificationsByOrder(harvest).get(subject.id) ?? [];
  if (!messages.some((message) => message.kind === kind))
    violate(`there is no ${kind} message`, 'orchestrator -> notification');
  const wrong = messages.find((message) => message.kind !== kind);
  if (wrong !== undefined) violate(`there is a ${wrong.kind} message, ${wrong.id}`, 'orchestrator -> notification');
}
