import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RECOVERY_PHASES } from '#scenarios/rto/phases.ts';
import { recoveryResultSchema } from '#scenarios/rto/recovery-result.ts';
import { chaos, processesNaming, temporaryStateDir } from '../testing/chaos-process.ts';

const LONGEST_MS = 30_000;

it('measures the recovery of postgres on evidence, phase by phase, and loses nothing', async () => {
  await using stateDir = await temporaryStateDir();
  // Slower than the default: a backlog that a busy machine can drain within the bounds of a test.
  const args = ['rto', 'postgres', '--topology', 'compact', '--trials', '2', '--interval', '50ms', '--max', '30s'];
  args.push('--ports', 'auto', '--json');
  const exit = await chaos(args, stateDir.path);
  expect(exit.code, exit.stderr).toBe(0);
  const result = recoveryResultSchema.parse(JSON.parse(exit.stdout));

  expect(result.outcome).toBe('holds');
  expect(result.gate?.actualMs).toBe(result.metrics?.['first-ack'].max);
  expect(result.trials.map(({ trial }) => trial)).toEqual([1, 2]);
  for (const { evidence, healedEvidence, phasesMs, timesMs, writes } of result.trials) {
    expect(evidence).toMatch(/pid \d+ is gone/);
    expect(healedEvidence).toMatch(/pid \d+ instead of \d+/);
    const durationsMs = RECOVERY_PHASES.map((phase) => phasesMs[phase] ?? Number.NaN);
    expect(durationsMs.reduce((sum, durationMs) => sum + durationMs, 0)).toBeCloseTo(timesMs?.total ?? 0, 2);
    // The fault alone is kept up for a second.
    expect(timesMs?.['first-ack']).toBeGreaterThan(1_000);
    expect(timesMs?.['first-ack']).toBeLessThan(LONGEST_MS);
    expect(writes.acknowledged).toBeGreaterThan(10);
    expect(writes.failed).toBeGreaterThan(0);
  }
  expect(result.rpo).toMatchObject({ missing: 0, unread: 0 });
  expect(await processesNaming([stateDir.path])).toEqual([]);
});

it('measures how the other orchestrator takes over, while the one that failed is away', async () => {
  await using stateDir = await temporaryStateDir();
  // Longer than the default: on a slow machine one write of many is late long after the takeover, and it is over only then.
  const args = ['rto', 'orchestrator', '--trials', '1', '--down', '25s', '--ports', 'auto', '--json'];
  const exit = await chaos(args, stateDir.path);
  expect(exit.code, exit.stderr).toBe(0);
  const { isTakeover, downMs, trials, rpo } = recoveryResultSchema.parse(JSON.parse(exit.stdout));

  expect(isTakeover).toBe(true);
  const [trial] = trials;
  // Kafka gives the member up after its session timeout of 6 s, a part of which may be over when it dies.
  expect(trial?.timesMs?.['first-ack']).toBeGreaterThan(3_000);
  expect(trial?.timesMs?.['throughput-back']).toBeLessThan(downMs);
  expect(trial?.phasesMs['heal-begun']).toBeUndefined();
  expect(rpo).toMatchObject({ missing: 0, unread: 0 });
});

it('refuses what it cannot measure, before anything starts', async () => {
  await using stateDir = await temporaryStateDir();
  const unknown = await chaos(['rto', 'postgre'], stateDir.path);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Nearest: postgres');
  const unsaved = await chaos(['rto', 'postgres', '--compare', './nope.json'], stateDir.path);
  expect(unsaved.code).toBe(2);
  expect(unsaved.stderr).toContain('not a saved result');
  const unsavable = await chaos(
    ['rto', 'postgres', '--save', join(stateDir.path, 'nowhere', 'after.json')],
    '/dev/null',
  );
  expect(unsavable.code).toBe(2);
  expect(unsavable.stderr).toContain('the result cannot be saved');
  expect((await chaos(['rto', 'postgres', '--quantile', '0.9'], stateDir.path)).code).toBe(2);
});
