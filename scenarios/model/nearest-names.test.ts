import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestNames } from './nearest-names.ts';

describe('nearestNames', () => {
  const names = ['no-inbox', 'relay-marks-first', 'key-per-attempt', 'forgetful-orchestrator'];

  it.each([
    ['no-inbx', 'no-inbox'],
    ['relay', 'relay-marks-first'],
    ['Key-Per-Atempt', 'key-per-attempt'],
    ['orchestrator', 'forgetful-orchestrator'],
  ])('takes %s for %s', (typed, nearest) => {
    expect(nearestNames(typed, names)[0]).toBe(nearest);
  });

  it('offers something for anything, but no more than the limit', () => {
    expect(nearestNames('zzz', names)).toHaveLength(3);
    expect(nearestNames('', names, 2)).toHaveLength(2);
    expect(nearestNames('zzz', [])).toEqual([]);
  });
});

describe('editDistance', () => {
  it('counts edits', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('is a metric', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
