import { expect, it } from 'vitest';
import { INVARIANTS } from '../checkers/catalog.ts';
import { benchCheckers } from './checkers.bench.ts';

it('measures every checker on a run that they find good', () => {
  const result = benchCheckers(4_000);
  expect(result.events).toBeGreaterThanOrEqual(4_000);
  expect(result.eventsPerSecond).toBeGreaterThan(0);
  expect(Object.keys(result.perChecker)).toEqual(Object.keys(INVARIANTS));
  expect(Object.values(result.perChecker).map(({ outcome }) => outcome)).toEqual(
    Object.keys(INVARIANTS).map(() => 'holds'),
  );
});
