import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureAll } from '#sut/environment/components/ensure-all.ts';
import { type ControlAddress, ToxiproxyServer } from '../driver/toxiproxy-server.ts';
import { freePort } from './free-port.ts';

const INSTALL_TIMEOUT_MS = 170_000;
const START_TIMEOUT_MS = 10_000;

/** A real Toxiproxy server as a child process; disposing kills it and waits until it is gone. */
export class ToxiproxyProcess implements AsyncDisposable {
  readonly address: ControlAddress;
  readonly #child: ChildProcess;

  private constructor(address: ControlAddress, child: ChildProcess) {
    this.address = address;
    this.#child = child;
  }

  static async start(port?: number): Promise<ToxiproxyProcess> {
    const address = { host: '127.0.0.1', port: port ?? (await freePort()) };
    const args = ['-host', address.host, '-port', String(address.port), '-proxy-metrics'];
    const { toxiproxy } = await ensureAll(['toxiproxy'], { signal: AbortSignal.timeout(INSTALL_TIMEOUT_MS) });
    const child = spawn(toxiproxy.path, args, { stdio: 'ignore', env: { LOG_LEVEL: 'error' } });
    const started = new ToxiproxyProcess(address, child);
    try {
      await started.#answers();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `SIGSTOP` makes its control API hang. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  async #answers(): Promise<void> {
    const server = new ToxiproxyServer(this.address, 500);
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        await server.version();
        return;
      } catch (error) {
        if (performance.now() > deadlineMs) throw error;
        await delay(20);
      }
    }
  }
}
