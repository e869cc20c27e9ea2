import { EXIT_CODES } from '#reports/model/run-report.ts';

/** What ended the command early; `name` tells the CLI to exit with 130. */
class Interrupted extends Error {
  override readonly name = 'AbortError';
  readonly what = 'interrupted; every fault was healed and everything that was started is stopped';
}

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Turns Ctrl-C, SIGTERM and a closed terminal into an abort, so that faults are healed on the way out. A second
 * Ctrl-C exits at once: the keeper heals and stops what is left.
 */
export function abortOnSignals(): Interruption {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    controller.abort(new Interrupted());
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
