import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunReport } from '#reports/model/run-report.ts';
import { chaos, temporaryStateDir } from '../testing/chaos-process.ts';

const isOrchestrator = (target: string): boolean => target.startsWith('orchestrator');

// The objectives hold for a machine that runs nothing else; a second run tells a busy one from a slow system.
it('judges the shop to hold, on evidence, and says the same again offline', { retry: 1 }, async () => {
  await using stateDir = await temporaryStateDir();
  const run = await chaos(['run', 'saga-recovery', '--seed', '7', '--ports', 'auto', '--json'], stateDir.path);
  expect(run.code, run.stderr).toBe(0);
  const report: RunReport = JSON.parse(run.stdout);

  expect(report.outcome).toBe('holds');
  const orders = report.operations.find(({ op }) => op === 'place-order');
  expect(orders?.ok).toBeGreaterThanOrEqual(150);
  const proven = report.faults.filter(({ effective, healed }) => effective !== undefined && healed !== undefined);
  expect(proven.length).toBeGreaterThanOrEqual(6);
  const kills = report.faults.filter(({ kind, targets }) => kind === 'kill' && targets.some(isOrchestrator));
  expect(kills.length).toBeGreaterThanOrEqual(2);
  expect(report.verdicts.map(({ name, verdict }) => [name, verdict.outcome])).toEqual(
    report.invariants.map((name) => [name, 'holds']),
  );

  const bundle = await stateDir.bundle();
  expect(await readFile(join(bundle, 'junit.xml'), 'utf8')).toContain('failures="0" errors="0"');
  const again = await chaos(['check', bundle, '--json'], stateDir.path);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout).verdicts).toEqual(report.verdicts);

  const dryRun = await chaos(['run', 'saga-recovery', '--seed', '7', '--dry-run'], stateDir.path);
  expect(dryRun.stdout).toBe(await readFile(join(bundle, 'plan.json'), 'utf8'));
});
