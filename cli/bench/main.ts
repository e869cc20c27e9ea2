import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { $, type ProcessPromise } from 'zx';
import '#sut/platform/kafka/rest-idle-connections.ts';
import type { RunReport } from '#reports/model/run-report.ts';
import { benchLoad } from './bench-load.ts';
import { CpuTime } from './cpu-time.ts';
import { outputOf } from './output-of.ts';
import { type ResidentMemory, residentMemory } from './resident-memory.ts';
import { runProcesses } from './run-processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 7;
const SAMPLE_EVERY_MS = 1_000;

/**
 * Prints one JSON object: the default run (time until the environment is ready, memory, who used the processor), the
 * checkers, and the fault-free system under load with and without proxies, with either publisher, and with recording.
 */
async function main(): Promise<void> {
  const run = await benchRun();
  // In a process of its own: the history of a million events is to be the only thing in its memory.
  const script = 'invariants/bench/checkers.bench.ts';
  const checkers: unknown = JSON.parse(outputOf(script, await node([script])));
  process.stdout.write(
    `${JSON.stringify({ cores: cpus().length, run, checkers, load: await benchLoad() }, undefined, 2)}\n`,
  );
}

async function benchRun(): Promise<Record<string, unknown>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'chaos-bench-'));
  try {
    const startedMs = performance.now();
    const running = node(['cli/bin.js', 'run', 'saga-recovery', '--seed', String(SEED), '--ports', 'auto', '--json'], {
      CHAOS_STATE_DIR: stateDir,
    });
    const over = new AbortController();
    const watched = watchProcesses(stateDir, over.signal);
    const ended = await running.finally(() => over.abort());
    const totalMs = Math.round(performance.now() - startedMs);
    const report: RunReport = JSON.parse(outputOf('chaos run', ended));
    const phaseMs = Object.fromEntries(report.phases.map(({ name, durationMs }) => [name, Math.round(durationMs)]));
    const ok = report.operations.reduce((sum, operation) => sum + operation.ok, 0);
    return {
      seed: SEED,
      exitCode: ended.exitCode,
      totalMs,
      environmentReadyMs: phaseMs.provision,
      phaseMs,
      okOperations: ok,
      ...(await watched),
    };
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Largest memory that was seen until the signal aborts, and who used the processor. */
async function watchProcesses(text: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  let peakMemory: ResidentMemory = { processes: 0, pssMiB: 0, rssMiB: 0 };
  const cpu = new CpuTime();
  try {
    for await (const _ of every(SAMPLE_EVERY_MS, undefined, { signal })) {
      const processes = await runProcesses(text);
      cpu.look(processes);
      const now = await residentMemory(processes);
      if (now.pssMiB > peakMemory.pssMiB) peakMemory = now;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { peakMemory, cpu: cpu.shares() };
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
