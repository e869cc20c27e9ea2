import { context, propagation } from '@opentelemetry/api';

/** A request to another HTTP server. Nothing is retried here: who calls knows what may be repeated. */
export interface JsonCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Covers connecting, sending and reading the whole answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  /** Parsed JSON, or `undefined` when the body is none. */
  readonly body: unknown;
}

/** No complete answer arrived: whether the other side acted is unknown. `kind` tells refusal from silence. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly kind: 'timeout' | 'connection' | 'aborted';
  constructor(kind: NoAnswerError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Sends the request with the active trace context; resolves for every status, rejects with `NoAnswerError`. */
export async function callJson(call: JsonCall): Promise<JsonAnswer> {
  const headers: Record<string, string> = { ...call.headers };
  propagation.inject(context.active(), headers);
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  const deadline = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: call.signal ? AbortSignal.any([call.signal, deadline]) : deadline,
    });
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    if (deadline.aborted)
      throw new NoAnswerError('timeout', `${call.method} ${call.url}: no answer within ${call.timeoutMs} ms`, {
        cause: error,
      });
    if (call.signal?.aborted)
      throw new NoAnswerError('aborted', `${call.method} ${call.url}: given up`, { cause: error });
    throw new NoAnswerError('connection', `${call.method} ${call.url}: ${reasonOf(error)}`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the socket's error in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
