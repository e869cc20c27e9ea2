import { expect, it } from 'vitest';
import { EXIT_CODES, type RunOutcome } from '#reports/model/run-report.ts';
import { runEach } from './run-each.ts';

/** One seed for each outcome; for an error the seed that it leaves without a report. */
function seeds(...ends: readonly (RunOutcome | Error)[]) {
  const begun: number[] = [];
  return {
    begun,
    isDebug: false,
    plans: ends.map((end, nth) => ({ seed: nth + 1, end })),
    run: async ({ seed, end }: { readonly seed: number; readonly end: RunOutcome | Error }) => {
      begun.push(seed);
      if (end instanceof Error) throw end;
      return { seed, outcome: end };
    },
    signal: new AbortController().signal,
  };
}

const unsteady = Object.assign(new Error('x'), { what: 'no steady state', todo: 'wait' });

it('goes on after a seed that does not hold, and ends as the worst', async () => {
  expect(await runEach(seeds('inconclusive', 'violated', 'holds'))).toEqual({
    reports: [
      { seed: 1, outcome: 'inconclusive' },
      { seed: 2, outcome: 'violated' },
      { seed: 3, outcome: 'holds' },
    ],
    exitCode: EXIT_CODES.violated,
  });
});

it('keeps a violation and its report when a later seed has no environment, and explains that', async () => {
  const wishes = seeds('violated', unsteady, 'holds');
  expect(await runEach(wishes)).toEqual({
    reports: [{ seed: 1, outcome: 'violated' }],
    exitCode: EXIT_CODES.violated,
    failure: 'seed 2 has no verdict, and no seed after it is run:\nError: no steady state\n  try:   wait',
  });
  expect(wishes.begun).toEqual([1, 2]);
});

it.each(['holds', 'inconclusive'] as const)(
  'ends as the failure of a later seed when the others are %s',
  async (end) => {
    const { reports, exitCode } = await runEach(seeds(end, unsteady));
    expect(reports).toHaveLength(1);
    expect(exitCode).toBe(EXIT_CODES['environment-error']);
  },
);

it('has no report when the first seed has none', async () => {
  const corrupt = Object.assign(new Error('x'), { name: 'CorruptHistory', what: 'line 3' });
  expect(await runEach(seeds(corrupt, 'holds'))).toMatchObject({ reports: [], exitCode: EXIT_CODES.inconclusive });
});

it('begins no seed after an interruption, and is interrupted itself', async () => {
  const interruption = new AbortController();
  const wishes = seeds('holds', 'holds');
  const run: typeof wishes.run = (plan) => {
    interruption.abort();
    return wishes.run(plan);
  };
  const { reports, exitCode } = await runEach({ ...wishes, run, signal: interruption.signal });
  expect(reports).toEqual([{ seed: 1, outcome: 'holds' }]);
  expect(exitCode).toBe(EXIT_CODES.interrupted);
});
