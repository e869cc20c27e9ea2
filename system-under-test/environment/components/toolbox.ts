import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import type { InstallProgress } from './install-progress.ts';
import type { InstallTools } from './install-tools.ts';
import type { InstallableName } from './installable-name.ts';
import { runInstaller } from './run-installer.ts';
import type { Surroundings } from './surroundings.ts';

const MEASURE_EVERY_MS = 500;

/** The tools for installing one server; progress is reported with every new step and twice a second until `close`. */
export function openToolbox<N extends InstallableName>(
  source: ComponentSource<N>,
  options: {
    readonly surroundings: Surroundings;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: InstallProgress) => void;
  },
): { readonly tools: InstallTools; close(): void } {
  const { surroundings, signal, onProgress } = options;
  const startedAt = performance.now();
  const logFile = join(surroundings.cacheRoot, `${source.name}-install.log`);
  let phase: InstallProgress['phase'] = 'installing';
  let detail = '';
  let watched: string | undefined;
  let bytes = 0;
  const report = () =>
    onProgress({
      component: source.name,
      phase,
      detail,
      bytes,
      totalBytes: source.approximateBytes,
      elapsedMs: Math.round(performance.now() - startedAt),
    });
  let isClosed = false;
  const timer = setInterval(async () => {
    if (watched !== undefined && phase === 'installing') bytes = await sizeOf(watched);
    if (!isClosed) report();
  }, MEASURE_EVERY_MS);
  timer.unref();
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
    },
    tools: {
      surroundings,
      signal,
      logFile,
      report(nextDetail, nextPhase = phase) {
        [phase, detail] = [nextPhase, nextDetail];
        report();
      },
      watch(folder) {
        watched = folder;
      },
      run: (command, args, { env, ...run }) =>
        runInstaller(command, args, { ...run, env: { ...surroundings.env, LC_ALL: 'C', ...env }, logFile, signal }),
    },
  };
}

/** Bytes of all files below `folder` that are there to be measured. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
