import type { ServerName } from '../components/server-name.ts';
import type { NodeInTopology, ServerDriver } from './server-driver.ts';
import { untilResolved } from './until-resolved.ts';

const ATTEMPT_TIMEOUT_MS = 3_000;

/**
 * Polls the server's own readiness check (and initialises it first) until it answers; rejects when the signal
 * aborts, with what the server answered last.
 */
export async function waitUntilReady(
  driver: ServerDriver<ServerName>,
  node: NodeInTopology,
  signal: AbortSignal,
): Promise<void> {
  await untilResolved(
    `${node.component} on port ${node.port} is not ready`,
    async () => {
      const attempt = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
      await driver.initialise?.(node, attempt);
      await driver.probe(node, attempt);
    },
    signal,
  );
}
