import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chaos, temporaryStateDir } from '../testing/chaos-process.ts';

const SHORT = ['--storm', '20s', '--orders', '100', '--ports', 'auto'];

// A seed repeats the plan, not the interleaving: a bug may need a second run to meet its window.
it('runs seed after seed, goes on after one that does not hold, and ends as the worst', { retry: 1 }, async () => {
  await using stateDir = await temporaryStateDir();
  const run = await chaos(
    ['run', 'saga-recovery', '--seed', '3', '--runs', '2', '--defect', 'cons-no-inbox-check', ...SHORT],
    stateDir.path,
  );
  expect(run.code, run.stderr).toBe(1);
  expect(run.stdout).toContain('0 of 2 seeds hold\n');
  expect(run.stdout).toMatch(/^ {2}3 .* violated: .*effects-exactly-once/m);
  expect(run.stdout).toMatch(/^ {2}4 .* violated: .*effects-exactly-once/m);
  expect(run.stdout).toContain('repeat: npx chaos run saga-recovery --seed 4 --storm 20000ms');
  const bundles = await readdir(join(stateDir.path, 'runs'));
  expect(bundles.map((name) => name.split('-').at(-2)).toSorted()).toEqual(['3', '4']);
});
