import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE_DIR } from '#sut/contract/compile-cache-dir.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import { SETTINGS } from '#sut/contract/settings.ts';

const READY_WITHIN_MS = 20_000;
const STOPPED_WITHIN_MS = 15_000;
const OUTPUT_KEPT_CHARS = 20_000;

/** A service of ours as a process of its own, for an integration test; disposing kills it. */
export interface StartedService extends AsyncDisposable {
  readonly url: string;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code, `null` when it had to be killed. */
  stop(): Promise<number | null>;
  /** `kill -9` when it runs, then starts it again on the same port; resolves when it is ready. */
  restart(): Promise<void>;
  /** The end of what it has logged. */
  output(): string;
}

/** Starts `services/<name>/main.ts` on a free port; resolves when `/health/ready` says so. */
export async function startService(
  name: ComponentName,
  env: Readonly<Record<string, string>>,
): Promise<StartedService> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL(`../../services/${name}/main.ts`, import.meta.url));
  let output = '';
  let child: ChildProcess | undefined;

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const ending = child;
    if (ending === undefined || hasEnded(ending)) return ending?.exitCode ?? null;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await exited;
    clearTimeout(timer);
    return ending.exitCode;
  };
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE_DIR, [SETTINGS.port]: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARS);
      });
    }
    await whenReady(url, child, () => output);
  };
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    url,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    restart: async () => {
      await end('SIGKILL');
      await start();
    },
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}

async function whenReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const isReady = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    if (hasEnded(child) || Date.now() > deadlineMs) throw new Error(`${url} is not ready; it said:\n${output()}`);
    await delay(25);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** A port that nobody listens on; below the range from which outgoing connections take theirs. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
