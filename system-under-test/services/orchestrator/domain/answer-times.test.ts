import { describe, expect, it } from 'vitest';
import { AnswerTimes } from './answer-times.ts';

function timesAfter(...answersMs: readonly number[]): AnswerTimes {
  const times = new AnswerTimes();
  for (const tookMs of answersMs) times.note('payment', tookMs);
  return times;
}

const repeated = (tookMs: number, times: number): readonly number[] => Array.from({ length: times }, () => tookMs);

describe('AnswerTimes', () => {
  it('claims nothing of a participant that never answered', () => {
    expect(timesAfter(100).timeoutMs('inventory')).toBe(0);
  });

  it('takes the first answer as RFC 6298 does: three times as long as it took', () => {
    expect(timesAfter(100).timeoutMs('payment')).toBe(300);
  });

  it('comes to the time that answers take when they always take the same', () => {
    expect(timesAfter(...repeated(800, 50)).timeoutMs('payment')).toBeCloseTo(800, 0);
  });

  it('exceeds a slow answer at once, and forgets it while answers are quick again', () => {
    const quick = repeated(50, 50);
    expect(timesAfter(...quick, 9_000).timeoutMs('payment')).toBeGreaterThan(9_000);
    expect(timesAfter(...quick, 9_000, ...quick).timeoutMs('payment')).toBeLessThan(100);
  });
});
