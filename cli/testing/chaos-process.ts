import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin.js', import.meta.url));

export interface ChaosExit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One `chaos` command of a test, in a state directory of its own that every process of its environment names. */
export class ChaosProcess implements AsyncDisposable {
  readonly exited: Promise<ChaosExit>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], stateDir: string, env: Readonly<Record<string, string | undefined>> = {}) {
    this.#child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', CHAOS_STATE_DIR: stateDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /** Resolves once stderr holds the text; rejects when the command ends without it. */
  async says(text: string): Promise<void> {
    if (this.#stderr.includes(text)) return;
    const said = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#stderr.includes(text)) resolve();
      };
      this.#child.stderr?.on('data', look);
    });
    const ended = this.exited.then(({ code, stderr }) => {
      throw new Error(`chaos ended with ${code} and never said "${text}":\n${stderr}`);
    });
    await Promise.race([said, ended]);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // SIGTERM heals and tears down; a command that has ended already does not mind.
    this.#child.kill('SIGTERM');
    await this.exited.catch(() => undefined);
  }
}

/** Runs a command to its end. */
export async function chaos(
  args: readonly string[],
  stateDir: string,
  env?: Readonly<Record<string, string | undefined>>,
): Promise<ChaosExit> {
  await using command = new ChaosProcess(args, stateDir, env);
  return await command.exited;
}

export interface StateDir extends AsyncDisposable {
  readonly path: string;
  /** Folder of the only run that was recorded. */
  bundle(): Promise<string>;
}

export async function temporaryStateDir(): Promise<StateDir> {
  const path = await mkdtemp(join(tmpdir(), 'chaos-e2e-'));
  return {
    path,
    bundle: async () => {
      const [run, ...others] = await readdir(join(path, 'runs'));
      if (run === undefined || others.length > 0)
        throw new Error(`expected one run in ${path}, found ${1 + others.length}`);
      return join(path, 'runs', run);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Processes whose command line or environment names one of the texts, this one excepted: `pid command line`. */
export async function processesNaming(texts: readonly string[]): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [commandLine, environment] = [await read('cmdline'), await read('environ')];
      const isNamed = texts.some((text) => commandLine.includes(text) || environment.includes(text));
      return isNamed ? [`${pid} ${commandLine.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}
