import { describe, expect, it } from 'vitest';
import { describeInvariant, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { serviceStaysUp } from './service-stays-up.ts';

// The objectives of the tests: success rate 0.9, p99 500 ms, recovery within 1,000 ms.
const ORDER = { reach: ['gateway', 'order', 'postgres'] };
const STOCK = { reach: ['gateway', 'inventory', 'mongodb'] };

const judge = (builder: HistoryBuilder) => verdictOf(serviceStaysUp, builder.build(), harvestOf());

function calm(operations = 20): HistoryBuilder {
  const builder = new HistoryBuilder();
  for (let n = 0; n < operations; n++) builder.operation('get-order', ORDER, 'ok', {}, 10);
  return builder;
}

describe('service-stays-up', () => {
  it('holds when operations succeed, refusals by the rules among them', () => {
    const builder = calm(5);
    for (let n = 0; n < 5; n++) builder.operation('cancel-order', ORDER, 'fail', { error: '409 confirmed' });
    expect(judge(builder)).toMatchObject({
      outcome: 'holds',
      counts: { operations: 10, failed: 0, outsideFaults: 10 },
    });
  });

  it.each(['info', 'fail'] as const)('is violated when too many end with %s and no fault is to blame', (type) => {
    const builder = calm(17);
    for (let n = 0; n < 3; n++) builder.operation('get-order', ORDER, type, { error: '503 unavailable' });
    const verdict = judge(builder);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.message).toBe('3 of 20 failed: success rate 0.8500, promised 0.9');
    expect(verdict.violations[0]?.events).toEqual([35, 37, 39]);
  });

  it('excuses what a fault touches, while it lasts and until the recovery time objective has run out', () => {
    const builder = calm().after(1).fault('f1', 'inject');
    for (let n = 0; n < 9; n++) builder.operation('get-order', ORDER, 'info', {}, 100);
    builder.fault('f1', 'heal').fault('f1', 'healed');
    for (let n = 0; n < 9; n++) builder.operation('get-order', ORDER, 'info', {}, 100);
    expect(judge(builder)).toMatchObject({ outcome: 'holds', counts: { operations: 20 } });
    builder.after(200);
    for (let n = 0; n < 9; n++) builder.operation('get-order', ORDER, 'info', {}, 100);
    expect(judge(builder)).toMatchObject({ outcome: 'violated', counts: { operations: 29, failedOutsideFaults: 9 } });
  });

  it('does not excuse what a fault does not touch', () => {
    const builder = calm().after(1).fault('f1', 'inject', ['order']);
    for (let n = 0; n < 9; n++) builder.operation('get-stock', STOCK, 'info', {}, 100);
    expect(judge(builder)).toMatchObject({ outcome: 'violated', counts: { operations: 29, outsideFaults: 20 } });
  });

  it('excuses an operation that declares no path', () => {
    const builder = calm().after(1).fault('f1', 'inject', ['order']);
    for (let n = 0; n < 9; n++) builder.operation('get-stock', {}, 'info', {}, 100);
    expect(judge(builder).outcome).toBe('holds');
  });

  it('is violated by a p99 over the promise', () => {
    const builder = calm(180);
    for (let n = 0; n < 2; n++) builder.operation('get-order', ORDER, 'ok', {}, 700);
    const verdict = judge(builder);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.message).toContain('2 of 182 took longer than 500 ms');
  });

  it('holds when exactly one in a hundred is slower', () => {
    const builder = calm(99).operation('get-order', ORDER, 'ok', {}, 700);
    expect(judge(builder).outcome).toBe('holds');
  });

  it('counts an operation that never ended as failed, once it is old', () => {
    const builder = calm(5);
    builder.invoke('get-order', ORDER);
    expect(judge(builder.after(900).observe('probe', {})).outcome).toBe('holds');
    expect(judge(builder.after(900).observe('probe', {}))).toMatchObject({
      outcome: 'violated',
      counts: { failed: 1 },
    });
  });

  it('is unknown when faults touched everything', () => {
    const builder = new HistoryBuilder().fault('f1', 'inject').operation('get-order', ORDER, 'ok');
    expect(judge(builder)).toMatchObject({ outcome: 'unknown', reason: 'no operation was free from every fault' });
  });
});

describeInvariant(serviceStaysUp, [], {
  'many failures long after the last fault': ({ builder }) => {
    builder.after(60_000);
    for (let n = 0; n < 30; n++) builder.operation('get-order', ORDER, 'info');
  },
  'slow answers long after the last fault': ({ builder }) => {
    builder.after(60_000);
    for (let n = 0; n < 30; n++) builder.operation('get-order', ORDER, 'ok', { output: { status: 'PENDING' } }, 5_000);
  },
});
