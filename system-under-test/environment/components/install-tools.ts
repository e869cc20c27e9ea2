import type { InstallProgress } from './install-progress.ts';
import type { Surroundings } from './surroundings.ts';

/** What an installation may use. Every command is bounded in time, logged, and ended with the signal. */
export interface InstallTools {
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  /** Everything the installers print. */
  readonly logFile: string;
  /** Tells the user what is going on, one short phrase; `phase` stays as it was when it is not given. */
  report(detail: string, phase?: InstallProgress['phase']): void;
  /** Names the folder whose growing size shows the progress. */
  watch(folder: string): void;
  /** Runs an installer to its end; rejects with `InstallerFailed`. */
  run(command: string, args: readonly string[], options: RunOptions): Promise<void>;
}

export interface RunOptions {
  readonly cwd: string;
  /** Added to the environment that we have. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Called with each line that the installer prints. */
  readonly onLine?: (line: string) => void;
}
