import type { Completion, Invocation } from '../history/event.ts';

/** One operation of the history that asks for something to be made under an idempotency key, and how it ended. */
export interface Request {
  readonly invocation: number;
  /** Index of the completion; the invocation's own index while it is open. */
  readonly completion: number;
  readonly end: 'ok' | 'fail' | 'info' | 'open';
  readonly userId: string;
  /** Empty when the client sent none. */
  readonly key: string;
  readonly bodyId: string;
  /** Ids that the client was given, of what was made and of its saga; empty unless `end` is `ok`. */
  readonly subjectId: string;
  readonly sagaId: string;
}

/**
 * Reads what all such operations have in common; `subjectField` is the field of the output that names what was made.
 * Throws when an input or an acknowledgement lacks what the workload promises to record: such a history cannot be judged.
 */
export function readRequest(
  [{ op, input, index }, completion]: readonly [Invocation, Completion | undefined],
  subjectField: string,
): Request {
  const text = (value: unknown, field: string): string => {
    if (typeof value !== 'string') throw new Error(`${op} at event ${index} has no ${field}`);
    return value;
  };
  const output = completion?.type === 'ok' ? (completion.output ?? {}) : undefined;
  return {
    invocation: index,
    completion: completion?.index ?? index,
    end: completion?.type ?? 'open',
    userId: text(input.user_id, 'user_id'),
    key: text(input.idempotency_key ?? '', 'idempotency_key'),
    bodyId: text(input.body_id ?? '', 'body_id'),
    subjectId: output === undefined ? '' : text(output[subjectField], subjectField),
    sagaId: output === undefined ? '' : text(output.saga_id, 'saga_id'),
  };
}

/** The acknowledged ones: id of what was made -> the first request that was answered with it. */
export function firstAcknowledged<R extends Request>(requests: readonly R[]): ReadonlyMap<string, R> {
  const first = new Map<string, R>();
  for (const request of requests) {
    if (request.end === 'ok' && !first.has(request.subjectId)) first.set(request.subjectId, request);
  }
  return first;
}
