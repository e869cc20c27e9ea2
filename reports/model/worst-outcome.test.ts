import { expect, it } from 'vitest';
import { EXIT_CODES, type RunOutcome } from './run-report.ts';
import { worstOutcome } from './worst-outcome.ts';

it.each([
  [['holds', 'holds'], 'holds'],
  [['holds', 'inconclusive'], 'inconclusive'],
  [['inconclusive', 'violated', 'holds'], 'violated'],
  [['violated', 'interrupted'], 'violated'],
  [['holds', 'interrupted'], 'interrupted'],
  [['inconclusive', 'environment-error'], 'environment-error'],
  [[], 'inconclusive'],
] as const)('runs that ended as %j have as a whole ended as %s', (outcomes, whole) => {
  expect(worstOutcome(outcomes)).toBe(whole);
});

it('knows every outcome: one run ends as itself', () => {
  const outcomes = Object.keys(EXIT_CODES).filter((name): name is RunOutcome => name !== 'usage');
  expect(outcomes.map((outcome) => worstOutcome([outcome]))).toEqual(outcomes);
});
