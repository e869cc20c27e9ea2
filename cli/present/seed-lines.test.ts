import { expect, it } from 'vitest';
import type { InvariantSummary } from '#reports/model/run-report.ts';
import { seedLines } from './seed-lines.ts';

const violated: InvariantSummary = {
  name: 'no-double-charge',
  summary: '',
  verdict: { outcome: 'violated', counts: { payments: 7 }, violations: [] },
};
const held = {
  seed: 9,
  outcome: 'holds' as const,
  durationMs: 75_300,
  faults: [],
  verdicts: [],
  inconclusive: [],
  repeat: 'npx chaos run saga-recovery --seed 9',
};

it('tells of every seed, and of one that does not hold why and how to repeat it', () => {
  const broken = { ...held, seed: 10, outcome: 'violated' as const, verdicts: [violated], repeat: 'again 10' };
  const open = { ...held, seed: 11, outcome: 'inconclusive' as const, inconclusive: ['nothing went through'] };
  expect(seedLines([held, broken, open], 5)).toEqual([
    '',
    'All seeds together',
    '  faults: 0 of 0 took effect and were healed, on evidence',
    '  no-double-charge: holds in 0 of 1, payments 7',
    '',
    '1 of 5 seeds hold, 2 not run',
    '   9    75 s  holds',
    '  10    75 s  violated: no-double-charge',
    '              repeat: again 10',
    '  11    75 s  inconclusive: nothing went through',
    '              repeat: npx chaos run saga-recovery --seed 9',
  ]);
});

it('says no more of a seed than needed when it holds', () => {
  expect(seedLines([held], 1).slice(-2)).toEqual(['1 of 1 seeds hold', '  9    75 s  holds']);
});
