import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName } from '../contract/components.ts';
import { EnvironmentError } from './environment-error.ts';
import { messageOf } from './keeper/message-of.ts';
import type { NodeInTopology } from './servers/server-driver.ts';
import { driverOf } from './servers/server-nodes.ts';

const POLL_MS = 40;
const ATTEMPT_TIMEOUT_MS = 2_000;

/** A component does not answer its readiness check. */
export class ComponentNotReady extends EnvironmentError {
  readonly component: ComponentName;
  readonly lastAnswer: string;
  readonly logTail: string;
  constructor(
    details: {
      readonly component: ComponentName;
      readonly lastAnswer: string;
      readonly logFile: string;
      readonly logTail: string;
    },
    options?: ErrorOptions,
  ) {
    const { component, lastAnswer, logFile, logTail } = details;
    super(
      {
        what: `${component} is not ready: ${lastAnswer}`,
        where: logFile,
        todo: logTail === '' ? 'It has logged nothing.' : `Its log ends with:\n${logTail}`,
      },
      options,
    );
    this.component = component;
    this.lastAnswer = lastAnswer;
    this.logTail = logTail;
  }
}

/** A server, asked in its own way, or a process of ours, asked over HTTP. */
export type ProbeTarget = { readonly node: NodeInTopology } | { readonly port: number };

/** One attempt: resolves when the component says that it is ready, rejects with what it said instead. */
async function probe(target: ProbeTarget, signal: AbortSignal): Promise<void> {
  if ('node' in target) {
    const driver = driverOf(target.node.server);
    await driver.initialise?.(target.node, signal);
    await driver.probe(target.node, signal);
    return;
  }
  const answer = await fetch(`http://127.0.0.1:${target.port}/health/ready`, { signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET /health/ready was answered ${answer.status}: ${text.slice(0, 500)}`);
}

/**
 * Polls until the component is ready. Rejects with what it answered last when the signal aborts. Probes go to the
 * component itself and not through a proxy.
 */
export async function untilReady(target: ProbeTarget, signal: AbortSignal): Promise<void> {
  let last: unknown = 'it was not asked';
  while (!signal.aborted) {
    try {
      await probe(target, AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]));
      return;
    } catch (error) {
      if (!signal.aborted) last = error;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new Error(whyNot(signal.reason, last), { cause: signal.reason });
}

/** An abort for a reason of its own (the process has ended) says more than the refused connection that follows. */
function whyNot(reason: unknown, last: unknown): string {
  const isJustTime = reason instanceof Error && (reason.name === 'TimeoutError' || reason.name === 'AbortError');
  return isJustTime ? describe(last) : `${messageOf(reason)}; last answer: ${describe(last)}`;
}

/** fetch hides the system's error code one level down. */
function describe(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? `${messageOf(error)} (${messageOf(error.cause)})`
    : messageOf(error);
}
