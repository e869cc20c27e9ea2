import { describe, expect, it } from 'vitest';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { CorruptHistory } from './corrupt-history.ts';
import { createHistory } from './create-history.ts';

function interleaved(): HistoryBuilder {
  const builder = new HistoryBuilder();
  const first = builder.invoke('place-order', {}, 0);
  const second = builder.invoke('get-order', {}, 1);
  builder.invoke('place-order', {}, 2);
  builder.end(second, 'ok');
  builder.end(first, 'info');
  return builder;
}

describe('createHistory', () => {
  it('pairs each invocation with its completion, and an open one with undefined', () => {
    const pairs = [...interleaved().build().pairs()].map(([invocation, completion]) => [
      invocation.index,
      completion?.index,
    ]);
    expect(pairs).toEqual([
      [0, 4],
      [1, 3],
      [2, undefined],
    ]);
  });

  it('selects by operation', () => {
    const history = interleaved().build();
    expect([...history.pairs('place-order')].map(([invocation]) => invocation.index)).toEqual([0, 2]);
    expect([...history.pairs('nothing')]).toEqual([]);
  });

  it('can be iterated more than once', () => {
    const history = interleaved().build();
    expect([...history]).toEqual([...history]);
    expect([...history]).toHaveLength(history.length);
  });

  it.each([
    [
      'a completion of what is no invocation',
      (b: HistoryBuilder) => b.add({ type: 'ok', process: 0, op: 'get-order', invocation: 4 }),
    ],
    [
      'a completion of something later',
      (b: HistoryBuilder) => b.add({ type: 'ok', process: 0, op: 'get-order', invocation: 9 }),
    ],
    ['a second completion', (b: HistoryBuilder) => b.end(0, 'ok')],
    [
      'a completion by another process',
      (b: HistoryBuilder) => b.add({ type: 'ok', process: 9, op: 'place-order', invocation: 2 }),
    ],
    [
      'a completion of another operation',
      (b: HistoryBuilder) => b.add({ type: 'ok', process: 2, op: 'get-order', invocation: 2 }),
    ],
  ])('refuses %s', (_name, add) => {
    const builder = interleaved();
    add(builder);
    expect(() => builder.build()).toThrow(CorruptHistory);
    expect(() => builder.build()).toThrow('history line 6');
  });

  it('refuses events out of place', () => {
    const { events } = interleaved();
    expect(() => createHistory(events.slice(1))).toThrow('its index is 1 and should be 0');
  });
});
