import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { RunOptions } from './install-tools.ts';
import { type FailureKind, failureKindOf, InstallerFailed, sayingOf } from './installer-failed.ts';

/** Longest that one installer command may take: a cold Go build on a slow line is the slowest of them. */
const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const KEPT_OUTPUT_CHARACTERS = 16_384;

/**
 * Runs an installer in a process group of its own, so that ending it also ends what it started. Its output is
 * appended to `logFile`. Rejects with `InstallerFailed`, or with the signal's reason once the group is dead.
 */
export async function runInstaller(
  command: string,
  args: readonly string[],
  options: RunOptions & {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly logFile: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  options.signal.throwIfAborted();
  const log = createWriteStream(options.logFile, { flags: 'a' });
  // A full disk also stops the log; the installer's own failure says so better.
  log.on('error', () => {});
  log.write(`$ ${command} ${args.join(' ')}\n`);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const ended = await runGroup(command, args, options, AbortSignal.any([options.signal, timeout]), (text) => {
    log.write(text);
    for (const line of text.split('\n')) options.onLine?.(line);
  });
  log.end();
  await finished(log).catch(() => {});
  options.signal.throwIfAborted();
  if (ended.code === 0) return;
  const kind: FailureKind = ended.isMissing
    ? 'program-missing'
    : timeout.aborted
      ? 'timeout'
      : failureKindOf(ended.output);
  throw new InstallerFailed({ kind, command: [command, ...args].join(' '), saying: sayingOf(ended.output) });
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly isMissing: boolean;
}

function runGroup(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
  onOutput: (text: string) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const endGroup = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    let output = '';
    const keep = (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS);
      onOutput(text);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', endGroup);
      resolve({ code: null, output: `${output}\n${error.message}`, isMissing: error.code === 'ENOENT' });
    });
    child.once('close', (code) => {
      signal.removeEventListener('abort', endGroup);
      resolve({ code, output, isMissing: false });
    });
    signal.addEventListener('abort', endGroup, { once: true });
    if (signal.aborted) endGroup();
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}
