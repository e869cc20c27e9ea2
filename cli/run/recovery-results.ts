import { closeSync, existsSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { EXIT_CODES } from '#reports/model/run-report.ts';
import { type RecoveryResult, recoveryResultSchema } from '#scenarios/rto/recovery-result.ts';
import { explainError } from '../present/explain-error.ts';
import { UsageError } from '../present/usage-error.ts';

/** Reads what `chaos rto --save` has written. Throws `UsageError`. */
export function readRecoveryResult(file: string): RecoveryResult {
  const what = `${file} is not a saved result of \`chaos rto\``;
  const todo = 'Write one with `chaos rto <component> --save <file>`.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${what}: ${messageOf(error)}.`, todo);
  }
  const { success, data, error } = recoveryResultSchema.safeParse(content);
  if (success) return data;
  const [issue] = error.issues;
  throw new UsageError(`${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`, todo);
}

/** Throws `UsageError` when the file cannot be written; leaves it as it is, also when it is not there. */
export function assertSavable(file: string): void {
  const isNew = !existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    // Of a link to what is not there yet, what the link names.
    if (isNew) rmSync(realpathSync(file));
  } catch (error) {
    throw new UsageError(`the result cannot be saved: ${messageOf(error)}.`, 'Name a file in a folder that exists.');
  }
}

/** How a measurement ends that was to be saved. */
export interface SavedResult {
  readonly exitCode: number;
  /** Why there is no file, explained; absent when there is. */
  readonly failure?: string;
}

/** Writes the result to the file. Never throws: what was measured stands, and a violation outranks that it could not be saved. */
export function saveRecoveryResult(file: string, result: RecoveryResult): SavedResult {
  const exitCode = EXIT_CODES[result.outcome];
  try {
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
    return { exitCode };
  } catch (error) {
    const what = `the result is not saved: ${messageOf(error)}`;
    const todo = 'keep what is printed: with --json it is what the file would hold';
    const { text } = explainError({ what, where: file, todo }, false);
    return { exitCode: result.outcome === 'violated' ? exitCode : EXIT_CODES['environment-error'], failure: text };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
