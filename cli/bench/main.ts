import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { $, type ProcessPromise } from 'zx';
import type { RunReport } from '#reports/model/run-report.ts';
import { type ResidentMemory, residentMemory } from './resident-memory.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 7;
const SAMPLE_EVERY_MS = 1_000;

/** Prints one JSON object: the default run (with the time until the environment is ready, and its memory), and the checkers. */
async function main(): Promise<void> {
  const run = await benchRun();
  // In a process of its own: the history of a million events is to be the only thing in its memory.
  const checkers: unknown = JSON.parse((await node(['invariants/bench/checkers.bench.ts'])).stdout);
  process.stdout.write(`${JSON.stringify({ cores: cpus().length, run, checkers }, undefined, 2)}\n`);
}

async function benchRun(): Promise<Record<string, unknown>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'chaos-bench-'));
  try {
    const startedMs = performance.now();
    const running = node(['cli/bin.js', 'run', 'saga-recovery', '--seed', String(SEED), '--ports', 'auto', '--json'], {
      CHAOS_STATE_DIR: stateDir,
    });
    const over = new AbortController();
    const peak = peakMemory(stateDir, over.signal);
    const { exitCode, stdout } = await running.finally(() => over.abort());
    const totalMs = Math.round(performance.now() - startedMs);
    const report: RunReport = JSON.parse(stdout);
    const phaseMs = Object.fromEntries(report.phases.map(({ name, durationMs }) => [name, Math.round(durationMs)]));
    const ok = report.operations.reduce((sum, operation) => sum + operation.ok, 0);
    return {
      seed: SEED,
      exitCode,
      totalMs,
      environmentReadyMs: phaseMs.provision,
      phaseMs,
      okOperations: ok,
      peakMemory: await peak,
    };
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Largest sum that was seen until the signal aborts. */
async function peakMemory(text: string, signal: AbortSignal): Promise<ResidentMemory> {
  let peak: ResidentMemory = { processes: 0, pssMiB: 0, rssMiB: 0 };
  try {
    for await (const _ of every(SAMPLE_EVERY_MS, undefined, { signal })) {
      const now = await residentMemory(text);
      if (now.pssMiB > peak.pssMiB) peak = now;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return peak;
}

/** Runs one of our scripts under this Node; its progress goes to our stderr. */
const node = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ProcessPromise =>
  $({
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    nothrow: true,
    quiet: true,
  })`${process.execPath} ${args}`;

await main();
