import { describe, expect, it } from 'vitest';
import { describeInvariant, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { recoversInTime } from './recovers-in-time.ts';

// The objective of the tests is 1,000 ms.
const ORDER = { reach: ['gateway', 'order', 'postgres'] };
const STOCK = { reach: ['gateway', 'inventory', 'mongodb'] };

const judge = (builder: HistoryBuilder) => verdictOf(recoversInTime, builder.build(), harvestOf());

/** A fault of which nobody knows whether it is over. */
const unproven = (fault = 'f1'): HistoryBuilder => {
  const builder = new HistoryBuilder().fault(fault, 'inject').fault(fault, 'effective').fault(fault, 'heal');
  builder.add({ type: 'fault', fault, kind: 'kill', phase: 'healed', targets: ['order'], error: 'no evidence' });
  return builder;
};

/** A fault of `order` that lasts 100 ms. */
const outage = (builder = new HistoryBuilder(), fault = 'f1', targets: readonly string[] = ['order']): HistoryBuilder =>
  builder
    .fault(fault, 'inject', targets)
    .fault(fault, 'effective', targets)
    .after(100)
    .fault(fault, 'heal', targets)
    .fault(fault, 'healed', targets);

describe('recovers-in-time', () => {
  it('holds when the first answer comes in time, and counts the longest wait', () => {
    const builder = outage()
      .operation('place-order', ORDER, 'info', {}, 300)
      .operation('place-order', ORDER, 'ok', {}, 400);
    expect(judge(builder)).toMatchObject({ outcome: 'holds', counts: { faults: 1, longestMs: 700, rtoMs: 1_000 } });
  });

  it('is violated when it comes too late, and names fault and operations', () => {
    const builder = outage()
      .operation('place-order', ORDER, 'info', {}, 900)
      .operation('place-order', ORDER, 'ok', {}, 200);
    const verdict = judge(builder);
    expect(verdict.violations).toMatchObject([{ entity: 'fault f1 (kill of order)', hop: 'client -> order' }]);
    expect(verdict.violations[0]?.events).toEqual(expect.arrayContaining([0, 3, 4, 6]));
  });

  it('is violated when no answer ever comes', () => {
    expect(judge(outage().operation('place-order', ORDER, 'info', {}, 1_200)).outcome).toBe('violated');
  });

  it('does not take an answer to what was asked before the heal', () => {
    const builder = new HistoryBuilder().fault('f1', 'inject');
    const early = builder.invoke('place-order', ORDER);
    builder.fault('f1', 'heal').fault('f1', 'healed').end(early, 'ok');
    builder.operation('place-order', ORDER, 'info', {}, 1_500);
    expect(judge(builder).outcome).toBe('violated');
  });

  it('does not take the answer of an operation that the fault does not touch', () => {
    const builder = outage()
      .operation('get-stock', STOCK, 'ok', {}, 1)
      .operation('place-order', ORDER, 'info', {}, 1_500);
    expect(judge(builder).outcome).toBe('violated');
  });

  it('does not take one kind of operation that answers for another that does not', () => {
    const builder = outage().operation('get-order', ORDER, 'ok', {}, 1);
    for (let attempt = 0; attempt < 3; attempt++) builder.operation('place-order', ORDER, 'info', {}, 600);
    const verdict = judge(builder.operation('place-order', ORDER, 'ok', {}, 1));
    expect(verdict.violations).toMatchObject([{ entity: 'fault f1 (kill of order)' }]);
    expect(verdict.violations[0]?.message).toContain('place-order was still asked in vain 1200 ms after');
  });

  it('holds against no kind of operation that nobody asked in the meantime, or that a later fault hits', () => {
    const answered = (): HistoryBuilder => outage().operation('get-order', ORDER, 'ok', {}, 1);
    const rare = answered().operation('place-order', ORDER, 'info', {}, 100).after(2_000);
    expect(judge(rare.operation('place-order', ORDER, 'ok', {}, 1)).outcome).toBe('holds');
    const early = answered().operation('place-order', ORDER, 'info', {}, 100).after(2_000);
    const builder = early.fault('f2', 'inject', ['order']).fault('f2', 'effective', ['order']);
    builder.operation('place-order', ORDER, 'info', {}, 100).fault('f2', 'heal', ['order']);
    builder.fault('f2', 'healed', ['order']).operation('place-order', ORDER, 'ok', {}, 1);
    expect(judge(builder).outcome).toBe('holds');
  });

  it('takes any operation when the fault touches none', () => {
    const builder = outage(new HistoryBuilder(), 'f1', ['notification']).operation('get-stock', STOCK, 'ok', {}, 1);
    expect(judge(builder).outcome).toBe('holds');
  });

  it('touches an operation by a link when both ends are on its path', () => {
    const builder = outage(new HistoryBuilder(), 'f1', ['order->postgres']).operation('get-stock', STOCK, 'ok', {}, 1);
    expect(judge(builder.operation('place-order', ORDER, 'info', {}, 1_500)).outcome).toBe('violated');
  });

  it('takes a refusal by the rules for an answer, but not an overload', () => {
    expect(judge(outage().operation('cancel-order', ORDER, 'fail', { error: '409 confirmed' })).outcome).toBe('holds');
    expect(judge(outage().operation('cancel-order', ORDER, 'fail', { error: '429 slow down' }, 1_500)).outcome).toBe(
      'violated',
    );
  });

  it('starts the clock again when another fault hits the same operations before it has run out', () => {
    const builder = outage(outage().operation('place-order', ORDER, 'info', {}, 900), 'f2', ['postgres']);
    builder.operation('place-order', ORDER, 'info', {}, 400).operation('place-order', ORDER, 'ok', {}, 400);
    expect(judge(builder)).toMatchObject({ outcome: 'holds', counts: { longestMs: 800 } });
  });

  it('takes another one that never came into effect for over when it was undone', () => {
    const refused = new HistoryBuilder().fault('f0', 'inject').fault('f0', 'heal');
    const builder = outage(refused.after(50_000)).operation('place-order', ORDER, 'info', {}, 900);
    builder.operation('place-order', ORDER, 'ok', {}, 400);
    expect(judge(builder).violations).toMatchObject([{ entity: 'fault f1 (kill of order)' }]);
  });

  it('does not when the other fault hits other operations', () => {
    const builder = outage(outage().operation('place-order', ORDER, 'info', {}, 900), 'f2', ['mongodb']);
    builder.operation('place-order', ORDER, 'info', {}, 400).operation('place-order', ORDER, 'ok', {}, 400);
    expect(judge(builder).outcome).toBe('violated');
  });

  it.each<[string, HistoryBuilder, string]>([
    ['without faults', new HistoryBuilder().operation('place-order', ORDER, 'ok'), 'no fault was injected'],
    [
      'when nobody asked',
      outage().after(5_000).operation('place-order', ORDER, 'ok'),
      'no operation was invoked within 1000 ms',
    ],
    [
      'when a fault was never healed',
      new HistoryBuilder().fault('f1', 'inject').operation('get', {}, 'ok'),
      'was never healed',
    ],
    [
      'when a fault was not proven healed',
      unproven().operation('place-order', ORDER, 'info', {}, 3_000),
      'was not proven healed',
    ],
    [
      'when one beside it was not',
      outage(unproven('f2')).operation('place-order', ORDER, 'info', {}, 3_000),
      'f2 (kill of order) was not proven healed',
    ],
    [
      'when the history ends too early',
      outage().operation('place-order', ORDER, 'info', {}, 200),
      'the history ends 200 ms after',
    ],
  ])('is unknown %s', (_name, builder, reason) => {
    const verdict = judge(builder);
    expect(verdict.outcome).toBe('unknown');
    expect(verdict.reason).toContain(reason);
  });
});

describeInvariant(recoversInTime, [], {
  'no answer after a last fault': ({ builder }) => {
    outage(builder, 'last').operation('place-order', { reach: ['order'], user_id: 'u', items: [] }, 'info', {}, 3_000);
  },
  'an answer long after a last fault': ({ builder }, pick) => {
    outage(builder, 'last').operation('place-order', ORDER, 'info', {}, 3_000);
    builder.operation('get-order', ORDER, pick(['ok', 'fail'] as const), { error: '404' });
  },
});
