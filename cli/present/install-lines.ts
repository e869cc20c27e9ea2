import type { InstallProgress } from '#sut/environment/components/install-progress.ts';

const EVERY_MS = 3_000;

/** Says how installations go: each change of phase, and about every three seconds in between. */
export class InstallLines {
  readonly #write: (line: string) => void;
  readonly #last = new Map<string, { phase: string; elapsedMs: number }>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  show(progress: InstallProgress): void {
    const last = this.#last.get(progress.component);
    if (last?.phase === progress.phase && progress.elapsedMs - last.elapsedMs < EVERY_MS) return;
    this.#last.set(progress.component, { phase: progress.phase, elapsedMs: progress.elapsedMs });
    const size =
      progress.totalBytes > 0 ? `, ${mebibytes(progress.bytes)} of about ${mebibytes(progress.totalBytes)} MiB` : '';
    const seconds = Math.round(progress.elapsedMs / 1000);
    this.#write(`${progress.component}: ${progress.phase} ${progress.detail} (${seconds} s${size})`);
  }
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
