import type { CommandOrigin } from '../saga/command-origin.ts';
import { inSpan } from './in-span.ts';
import { contextOf } from './trace-context.ts';

/** Runs a worker's part of a command in a span that continues the command's trace, also after a restart. */
export function traceCommand<T>(name: string, origin: CommandOrigin | undefined, work: () => Promise<T>): Promise<T> {
  const { userId, requestId, command } = origin ?? {};
  return inSpan(
    {
      name,
      parent: contextOf(origin?.traceparent),
      subject: { userId, requestId, sagaId: command?.saga_id, orderId: command?.order_id },
    },
    work,
  );
}
