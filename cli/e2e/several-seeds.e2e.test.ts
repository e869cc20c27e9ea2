import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chaos, temporaryStateDir } from '../testing/chaos-process.ts';

const SHORT = ['--storm', '25s', '--orders', '100', '--ports', 'auto'];

// A seed repeats the plan, not the interleaving: a bug may need a second run to meet its window.
it('runs seed after seed, goes on after one that does not hold, and ends as the worst', { retry: 1 }, async () => {
  await using stateDir = await temporaryStateDir();
  const run = await chaos(
    ['run', 'saga-recovery', '--seed', '1', '--runs', '2', '--defect', 'cons-no-inbox-check', ...SHORT],
    stateDir.path,
  );
  expect(run.code, run.stderr).toBe(1);
  expect(run.stdout).toMatch(/^ {2}effects-exactly-once: holds in [01] of 2, .*due \d{4}/m);
  expect(run.stdout).toMatch(/^[01] of 2 seeds hold$/m);
  expect(run.stdout).toMatch(/^ {2}1 .* violated: .*effects-exactly-once/m);
  expect(run.stdout).toContain('repeat: npx chaos run saga-recovery --seed 1 --storm 25000ms');
  expect(run.stdout).toMatch(/^ {2}2 +\d+ s {2}\w/m);
  const bundles = await readdir(join(stateDir.path, 'runs'));
  expect(bundles.map((name) => name.split('-').at(-2)).toSorted()).toEqual(['1', '2']);
});
