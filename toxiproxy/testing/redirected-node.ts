import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { redirectEnvironment } from '../redirect/redirect-environment.ts';
import type { RedirectSettings } from '../redirect/redirect-map.ts';

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Runs `code`, an ES module, in a Node process whose connections are redirected; resolves to its standard output. */
export async function redirectedNode(
  settings: RedirectSettings & { readonly bypassLog: string },
  code: string,
  timeoutMs = 20_000,
): Promise<string> {
  const { execArgv, env } = redirectEnvironment(settings);
  const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, '--input-type=module', '--eval', code], {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return stdout;
}
