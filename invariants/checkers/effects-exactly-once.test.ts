import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { plannedOrder, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { effectsExactlyOnce } from './effects-exactly-once.ts';

const judge = (run: SimulatedRun) => verdictOf(effectsExactlyOnce, run.history(), run.harvest);
const oneOrder = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));

function first<Row>(rows: readonly Row[], is: (row: Row) => boolean): Row {
  const row = rows.find(is);
  if (row === undefined) throw new Error('the simulation has no such row');
  return row;
}

describe('effects-exactly-once', () => {
  it('holds when every record has one inbox row, and a command sent again is answered again', () => {
    expect(judge(simulateShop(smallPlan([plannedOrder({ isRetried: true })]))).outcome).toBe('holds');
  });

  it('does not ask for inbox rows of topics that nobody consumes', () => {
    const run = oneOrder();
    const [record] = run.harvest.topics;
    if (record !== undefined) run.harvest.topics.push({ ...record, topic: 'order.dead-letters', messageId: 'new' });
    expect(judge(run).outcome).toBe('holds');
  });

  it('is violated by a message that was never handled, and names service and place', () => {
    const run = oneOrder();
    const command = first(run.harvest.topics, (record) => record.type === 'payment.charge');
    remove(
      run.harvest.inbox,
      first(run.harvest.inbox, (row) => row.messageId === command.messageId),
    );
    expect(judge(run).violations).toMatchObject([
      {
        message: `lost: payment.charge at payment.commands[${command.partition}]@${command.offset} was never handled`,
        entity: `message ${command.messageId} in payment`,
        hop: 'payment.commands -> payment inbox',
      },
    ]);
  });

  it('is violated by a message that stands twice in an inbox', () => {
    const run = oneOrder();
    run.harvest.inbox.push(...run.harvest.inbox.slice(0, 1));
    expect(judge(run).violations).toMatchObject([{ message: 'twice in the inbox' }]);
  });

  it('is violated by an inbox row without a committed record', () => {
    const run = oneOrder();
    run.harvest.inbox.push({ service: 'payment', messageId: 'ghost', topic: 'payment.commands', outcome: 'applied' });
    expect(judge(run).violations).toMatchObject([{ entity: 'message ghost in payment' }]);
  });

  it('is violated by a handler that published twice for one message', () => {
    const run = oneOrder();
    const reply = first(run.harvest.outbox, (row) => row.type === 'payment.charge.done');
    run.harvest.outbox.push({ ...reply, id: 'again', version: reply.version + 1 });
    expect(judge(run).violations).toMatchObject([
      { entity: `message ${reply.causeId} in payment`, hop: 'payment: inbox -> outbox' },
    ]);
  });

  it('lets one message cause messages of different types, topics and aggregates', () => {
    const run = oneOrder();
    const reply = first(run.harvest.outbox, (row) => row.type === 'payment.charge.done');
    const others = [{ type: 'payment.captured' }, { topic: 'payment.events' }, { aggregateId: 'p-1' }];
    run.harvest.outbox.push(...others.map((other, index) => ({ ...reply, id: `other${index}`, ...other })));
    expect(judge(run).outcome).toBe('holds');
  });

  it('wants a dead letter for a message that was put aside', () => {
    const run = oneOrder();
    const row = first(run.harvest.inbox, (inbox) => inbox.service === 'payment');
    row.outcome = 'dead-lettered';
    expect(judge(run).violations[0]?.message).toContain('there is no dead letter');
    const command = first(run.harvest.outbox, (outbox) => outbox.id === row.messageId);
    const letter = { service: 'payment', topic: 'payment.dead-letters', type: 'unreadable', causeId: row.messageId };
    run.harvest.outbox.push({ ...command, ...letter, id: 'letter' });
    expect(judge(run)).toMatchObject({ outcome: 'holds', counts: { deadLettered: 1 } });
  });

  it('is unknown when nobody subscribes to anything', () => {
    const run = oneOrder();
    const harvest = { ...run.harvest, subscriptions: [], inbox: [] };
    expect(verdictOf(effectsExactlyOnce, run.history(), harvest).outcome).toBe('unknown');
  });
});

describeInvariant(effectsExactlyOnce, ['inbox', 'outbox', 'topics', 'subscriptions', 'transitions'], {
  'a message was not handled': ({ harvest }, pick) => remove(harvest.inbox, pick(harvest.inbox)),
  'a message was handled twice': ({ harvest }, pick) => {
    harvest.inbox.push({ ...pick(harvest.inbox) });
  },
  'a message was handled that nobody sent': ({ harvest }, pick) => {
    harvest.inbox.push({ ...pick(harvest.inbox), messageId: 'ghost' });
  },
  'a message moved its saga twice': ({ harvest }, pick) => {
    const moved = pick(harvest.transitions.filter((row) => row.causeId !== ''));
    harvest.transitions.push({ ...moved, seq: 99, reason: 'late reply ignored' });
  },
  'a handler published twice': ({ harvest }, pick) => {
    harvest.outbox.push({ ...pick(harvest.outbox.filter((row) => row.causeId !== '')), id: 'again' });
  },
});
