import { join } from 'node:path';
import { EnvironmentError } from './environment-error.ts';
import { messageOf } from './keeper/message-of.ts';
import { logTail } from './log-tail.ts';

/** A cluster on two slow cores takes some 40 s. */
const CAPTURE_TIMEOUT_MS = 180_000;

/** Debezium does not read every outbox: nobody would publish what the services write there. */
export class OutboxesNotCaptured extends EnvironmentError {
  constructor(logFile: string, detail: string, options?: ErrorOptions) {
    const tail = logTail(logFile);
    super(
      {
        what: `Debezium does not read every outbox: ${detail}`,
        where: logFile,
        todo: `Look for the cause there and in the databases' logs beside it, then start again. ${
          tail === '' ? 'Kafka Connect has logged nothing.' : `The log of Kafka Connect ends with:\n${tail}`
        }`,
      },
      options,
    );
  }
}

/**
 * Bounds work that repeats whatever fails until its signal aborts. Rejects with `OutboxesNotCaptured`, which names what
 * the last attempt was told and, when `signal` aborted, why.
 */
export async function explainCapture(
  logsDir: string,
  capture: (limit: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  timeoutMs = CAPTURE_TIMEOUT_MS,
): Promise<void> {
  try {
    await capture(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  } catch (error) {
    const hasOtherReason = signal.aborted && error !== signal.reason;
    const why = `${hasOtherReason ? `${messageOf(signal.reason)}; last answer: ` : ''}${messageOf(error)}`;
    throw new OutboxesNotCaptured(join(logsDir, 'connect.log'), why, { cause: error });
  }
}
