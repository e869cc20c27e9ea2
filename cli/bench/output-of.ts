/** How a process ended, and what it wrote. */
export interface EndedProcess {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/**
 * What a script wrote to its stdout. Throws when that is nothing, as `chaos run --json` does without an environment: why is on its
 * stderr, which is ours, too.
 */
export function outputOf(script: string, { exitCode, stdout }: EndedProcess): string {
  if (stdout.trim() !== '') return stdout;
  throw new Error(
    `${script} ended with exit code ${exitCode} and printed no result: its own message stands above; mend that and measure again`,
  );
}
