import { EXIT_CODES } from '#reports/model/run-report.ts';
import { endOfWait } from '#scenarios/timing/end-of-wait.ts';

export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

/** Names of errors that are not about the environment, with the exit code that the README documents for them. */
const EXIT_CODE_OF: Readonly<Record<string, number>> = {
  UsageError: EXIT_CODES.usage,
  DefectUnreadable: EXIT_CODES.usage,
  NotABundle: EXIT_CODES.usage,
  ScheduleDoesNotFit: EXIT_CODES.usage,
  CorruptBundle: EXIT_CODES.inconclusive,
  CorruptHistory: EXIT_CODES.inconclusive,
  AbortError: EXIT_CODES.interrupted,
};

const HINT_OF_CODE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, or point CHAOS_CACHE_DIR and TMPDIR to another disk.',
  EACCES: 'Permission denied: check the owner of that path.',
  EROFS: 'The file system is read-only: run from a folder that you can write to.',
  EMFILE: 'Too many open files: raise the limit (ulimit -n).',
};

/** What `AbortSignal.timeout` ends a wait with says neither which step it was nor what to do. */
const TIMED_OUT = {
  what: 'a step took longer than it may and was given up',
  where: 'after the last line of progress',
  todo: 'see `chaos status`; end what else uses the servers of `chaos up` (a consumer of yours), or `chaos down`; then try again',
} as const;

/**
 * What was wrong, where, and what to do next, for whatever was thrown. Our typed errors carry `what`, `where` (or
 * `file`) and `todo`; oclif's carry their own exit code; anything else is a bug of ours and asks for `--debug`.
 */
export function explainError(thrown: unknown, isDebug: boolean): Explanation {
  const error = endOfWait(thrown);
  const fields = fieldsOf(error);
  const text = isDebug && error instanceof Error && error.stack ? error.stack : lines(error, fields).join('\n');
  return { text, exitCode: exitCodeOf(fields) };
}

function fieldsOf(error: unknown): Fields {
  if (error instanceof DOMException && error.name === 'TimeoutError') return TIMED_OUT;
  return typeof error === 'object' && error !== null ? error : {};
}

interface Fields {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly what?: unknown;
  readonly where?: unknown;
  readonly file?: unknown;
  readonly todo?: unknown;
  readonly code?: unknown;
  readonly oclif?: { readonly exit?: unknown };
}

function lines(error: unknown, fields: Fields): string[] {
  const { what, file, where = file, todo, code, oclif } = fields;
  const message = typeof fields.message === 'string' ? fields.message : String(error);
  if (code === 'EEXIT') return [];
  const hint = typeof code === 'string' ? HINT_OF_CODE[code] : undefined;
  if (typeof what === 'string') {
    const said = [`Error: ${what}`];
    if (typeof where === 'string' && where !== '') said.push(`  where: ${where}`);
    if (typeof todo === 'string' && todo !== '') said.push(`  try:   ${todo}`);
    return hint === undefined ? said : [...said, `  try:   ${hint}`];
  }
  if (hint !== undefined) return [`Error: ${message}`, `  try:   ${hint}`];
  if (oclif !== undefined) return [`Error: ${message}`];
  return [`Error: ${message}`, '  try:   the same command with --debug, for a stack trace'];
}

function exitCodeOf({ name, oclif }: Fields): number {
  const known = typeof name === 'string' ? EXIT_CODE_OF[name] : undefined;
  if (known !== undefined) return known;
  if (typeof oclif?.exit === 'number') return oclif.exit;
  return EXIT_CODES['environment-error'];
}
