import { readFileSync, writeFileSync } from 'node:fs';
import { type RecoveryResult, recoveryResultSchema } from '#scenarios/rto/recovery-result.ts';
import { UsageError } from '../present/usage-error.ts';

/** Reads what `chaos rto --save` has written. Throws `UsageError`. */
export function readRecoveryResult(file: string): RecoveryResult {
  const what = `${file} is not a saved result of \`chaos rto\``;
  const todo = 'Write one with `chaos rto <component> --save <file>`.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${what}: ${error instanceof Error ? error.message : String(error)}.`, todo);
  }
  const { success, data, error } = recoveryResultSchema.safeParse(content);
  if (success) return data;
  const [issue] = error.issues;
  throw new UsageError(`${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`, todo);
}

/** Throws `UsageError` when the file cannot be written. */
export function saveRecoveryResult(file: string, result: RecoveryResult): void {
  try {
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  } catch (error) {
    throw new UsageError(
      `the result cannot be saved: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file in a folder that exists.',
    );
  }
}
