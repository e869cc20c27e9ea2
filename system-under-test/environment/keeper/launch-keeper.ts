import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../environment-error.ts';
import type { EnvironmentPaths } from '../environment-paths.ts';
import { logTail } from '../log-tail.ts';
import { KeeperClient } from './keeper-client.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** The keeper's own command-line argument, as JSON. */
export interface KeeperLaunch {
  readonly environmentId: string;
  readonly paths: EnvironmentPaths;
  readonly claimTimeoutMs: number;
}

export interface LaunchedKeeper {
  /** Connected as owner. */
  readonly client: KeeperClient;
  readonly keeper: ProcessIdentity;
}

const LAUNCH_TIMEOUT_MS = 10_000;
const KEEPER_MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

class KeeperNotStarted extends EnvironmentError {
  constructor(log: string, tail: string) {
    super({
      what: `the keeper process did not start: ${tail === '' ? 'it wrote nothing' : tail}`,
      where: log,
      todo: 'Mend what the log says (disk space, rights of the temporary directory) and start again.',
    });
  }
}

/**
 * Starts a keeper in a session of its own and connects to it as its owner. Creates the runtime directory; the lock
 * that names it must have been taken before.
 */
export async function launchKeeper(
  environmentId: string,
  paths: EnvironmentPaths,
  signal: AbortSignal,
): Promise<LaunchedKeeper> {
  makeFolders(paths);
  const logFile = join(paths.logsDir, 'keeper.log');
  const launch: KeeperLaunch = { environmentId, paths, claimTimeoutMs: LAUNCH_TIMEOUT_MS };
  const child = spawnKeeper(launch, logFile);
  let hasEnded = false;
  for (const event of ['error', 'exit']) {
    child.once(event, () => {
      hasEnded = true;
    });
  }
  child.unref();
  try {
    const deadline = performance.now() + LAUNCH_TIMEOUT_MS;
    while (!hasEnded && performance.now() < deadline) {
      const client = await KeeperClient.connect(paths.socket).catch(() => undefined);
      if (client !== undefined) {
        const { keeper } = await client.request('claim', {});
        child.stdin?.destroy();
        return { client, keeper };
      }
      await delay(10, undefined, { signal });
    }
    throw new KeeperNotStarted(logFile, logTail(logFile));
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function makeFolders(paths: EnvironmentPaths): void {
  for (const folder of [paths.runtimeDir, paths.dataDir]) {
    mkdirSync(folder);
    // Not by mkdir's mode: the umask would take from it.
    chmodSync(folder, 0o711);
  }
  mkdirSync(paths.controlDir, { mode: 0o700 });
  mkdirSync(paths.logsDir, { recursive: true });
}

function spawnKeeper(launch: KeeperLaunch, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(process.execPath, [KEEPER_MAIN, JSON.stringify(launch)], {
      detached: true,
      // The pipe tells the keeper that its launcher died before it could claim it.
      stdio: ['pipe', log, log],
      cwd: launch.paths.controlDir,
    });
  } finally {
    closeSync(log);
  }
}
