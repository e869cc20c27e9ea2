import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedOrder, shopPlanArbitrary, smallPlan } from '../testing/shop-plan.ts';
import { simulateShop } from '../testing/simulate-shop.ts';
import { CorruptHistory } from './corrupt-history.ts';
import type { Event } from './event.ts';
import { decodeHistory, encodeEvent, HistoryDecoder } from './ndjson-codec.ts';

const encodeAll = (events: readonly Event[]): string => events.map(encodeEvent).join('');

const UMLAUTS: readonly Event[] = [
  { type: 'phase', phase: 'plan', state: 'begin', index: 0, timeMs: 0, detail: 'größer → 🦊\n"zwei"' },
  { type: 'observation', kind: 'probe', values: { μs: 3 }, index: 1, timeMs: 0.5 },
];

describe('NDJSON codec', () => {
  it('gives back what was written, in pieces of any size', () => {
    fc.assert(
      fc.property(shopPlanArbitrary, fc.integer({ min: 1, max: 400 }), (plan, size) => {
        const { events } = simulateShop(plan).builder;
        const bytes = new TextEncoder().encode(encodeAll(events));
        const decoder = new HistoryDecoder();
        for (let start = 0; start < bytes.length; start += size) decoder.push(bytes.subarray(start, start + size));
        expect(decoder.end()).toEqual({ events, truncated: false });
      }),
      { numRuns: 30 },
    );
  });

  it('yields the valid prefix of a file cut at any byte, even within a character', () => {
    const { events } = simulateShop(smallPlan([plannedOrder()])).builder;
    const all = [...UMLAUTS, ...events.map((event) => moved(event, UMLAUTS.length))];
    const lines = all.map((event) => new TextEncoder().encode(encodeEvent(event)));
    const bytes = new TextEncoder().encode(encodeAll(all));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { events: decoded, truncated } = decodeHistory([bytes.subarray(0, cut)]);
      const [whole, rest] = countWhole(lines, cut);
      expect(decoded.length).toBe(whole);
      expect(truncated).toBe(rest > 0);
      expect(decoded.at(-1)).toEqual(all[whole - 1]);
    }
  });

  it('reads an empty file as an empty history', () => {
    expect(decodeHistory('')).toEqual({ events: [], truncated: false });
  });

  it.each([
    ['garbage in the middle', (lines: string[]) => lines.splice(2, 1, '{"type":'), 3, 'not JSON'],
    ['a line lost', (lines: string[]) => lines.splice(1, 1), 2, 'its index is 2 and should be 1'],
    ['a line repeated', (lines: string[]) => lines.splice(1, 0, lines[0] ?? ''), 2, 'its index is 0 and should be 1'],
    ['an empty line', (lines: string[]) => lines.splice(1, 0, ''), 2, 'not JSON'],
    ['no object', (lines: string[]) => lines.splice(0, 1, '[1]'), 1, 'not an event'],
    [
      'an unknown type',
      (lines: string[]) => lines.splice(0, 1, '{"index":0,"timeMs":1,"type":"x"}'),
      1,
      'field "type"',
    ],
    ['no time', (lines: string[]) => lines.splice(0, 1, '{"index":0,"type":"phase"}'), 1, 'field "timeMs"'],
    [
      'no input',
      (lines: string[]) => lines.splice(0, 1, '{"index":0,"timeMs":0,"type":"invoke","process":0,"op":"a"}'),
      1,
      'field "input"',
    ],
    [
      'a share that is none',
      (lines: string[]) =>
        lines.splice(0, 1, '{"index":0,"timeMs":0,"type":"phase","phase":"storm","state":"end","busy":97}'),
      1,
      'field "busy"',
    ],
    [
      'a wrong phase of a fault',
      (lines: string[]) => lines.splice(0, 1, '{"index":0,"timeMs":0,"type":"fault","phase":"x"}'),
      1,
      'field "phase"',
    ],
    [
      'evidence without a kind',
      (lines: string[]) =>
        lines.splice(
          0,
          1,
          '{"index":0,"timeMs":0,"type":"fault","phase":"heal","fault":"f","kind":"kill","targets":["a"],"evidence":{}}',
        ),
      1,
      'field "evidence"',
    ],
    [
      'a process that is no number',
      (lines: string[]) =>
        lines.splice(0, 1, '{"index":0,"timeMs":0,"type":"ok","process":"0","op":"a","invocation":0}'),
      1,
      'field "process"',
    ],
  ])('refuses %s and names the line', (_name, spoil, line, reason) => {
    const lines = encodeAll(simulateShop(smallPlan([plannedOrder()])).builder.events)
      .trimEnd()
      .split('\n');
    spoil(lines);
    const decode = (): unknown => decodeHistory(`${lines.join('\n')}\n`);
    expect(decode).toThrow(CorruptHistory);
    expect(decode).toThrow(`history line ${line}: `);
    expect(decode).toThrow(reason);
  });

  it('refuses a last line that is whole but stands in the wrong place', () => {
    expect(() => decodeHistory('{"index":3,"timeMs":0,"type":"phase","phase":"plan","state":"begin"}')).toThrow(
      CorruptHistory,
    );
  });
});

function moved(event: Event, by: number): Event {
  const index = event.index + by;
  return 'invocation' in event ? { ...event, index, invocation: event.invocation + by } : { ...event, index };
}

/** Whole lines within the first `cut` bytes (the newline may be missing), and the bytes left over. */
function countWhole(lines: readonly Uint8Array[], cut: number): readonly [number, number] {
  let left = cut;
  let whole = 0;
  for (const line of lines) {
    if (left < line.length - 1) break;
    whole += 1;
    left = Math.max(0, left - line.length);
  }
  return [whole, left];
}
