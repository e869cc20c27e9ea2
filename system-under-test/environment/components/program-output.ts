import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a short command and resolves to everything it printed (standard output, then standard error). Rejects when
 * it cannot be started, ends with another code than 0, or needs longer than `timeoutMs`.
 */
export async function programOutput(
  command: string,
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly cwd?: string;
    readonly uid?: number | undefined;
    readonly gid?: number | undefined;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { stdout, stderr } = await run(command, [...args], {
    env: options.env as NodeJS.ProcessEnv,
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    timeout: options.timeoutMs ?? 20_000,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return stdout + stderr;
}
