import type { MutableHarvest } from './mutable-harvest.ts';

/**
 * Makes it look as if a saga's orchestrator had asked for these commands in the given order: each on account of the answer to the one
 * before, the first on account of `begin`, and `then` on account of the last answer. All else stays, the saga's own log too.
 */
function rewire(harvest: MutableHarvest, order: readonly string[], begin: string, then: string): void {
  let cause = begin;
  for (const command of [...order, then]) {
    for (const row of harvest.outbox) if (row.id === command) row.causeId = cause;
    for (const record of harvest.topics) if (record.messageId === command) record.causeId = cause;
    const answer = harvest.outbox.find((row) => row.causeId === command && row.topic.endsWith('.replies'));
    if (command !== then && answer === undefined) throw new Error(`nobody answered ${command}`);
    cause = answer?.id ?? '';
  }
}

/** The saga's commands of these types, in the order in which it asked for them. */
function commandsOf(harvest: MutableHarvest, sagaId: string, types: readonly string[]): readonly string[] {
  return harvest.outbox
    .filter((row) => row.aggregateId === sagaId && row.topic.endsWith('.commands') && types.includes(row.type))
    .map((row) => row.id);
}

const COMPENSATIONS = ['payment.refund', 'wallet.give-back-points', 'inventory.cancel', 'user.release-limit'];

/** A compensated order's steps were undone in their own order, not in the reverse of it. At least two must have been undone. */
export function undoForwards(harvest: MutableHarvest, sagaId: string): void {
  const undone = commandsOf(harvest, sagaId, COMPENSATIONS);
  const [closing] = commandsOf(harvest, sagaId, ['order.cancel']);
  const begin = harvest.outbox.find((row) => row.id === undone[0])?.causeId;
  if (closing === undefined || begin === undefined || undone.length < 2) throw new Error(`${sagaId} undid too little`);
  rewire(harvest, undone.toReversed(), begin, closing);
}

/** A completed order was credited its points before its stock was confirmed. */
export function creditBeforePivot(harvest: MutableHarvest, sagaId: string): void {
  const [pivot, credit, settle] = commandsOf(harvest, sagaId, [
    'inventory.confirm',
    'wallet.credit-points',
    'order.confirm',
  ]);
  const begin = harvest.outbox.find((row) => row.id === pivot)?.causeId;
  if (pivot === undefined || credit === undefined || settle === undefined || begin === undefined) {
    throw new Error(`${sagaId} is not completed`);
  }
  rewire(harvest, [credit, pivot], begin, settle);
}
