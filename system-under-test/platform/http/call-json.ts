import { context, propagation, SpanKind } from '@opentelemetry/api';
import { TIMEOUT_HEADER } from '#sut/contract/api.ts';
import { currentDeadline } from '../time/deadline.ts';
import { inSpan } from '../tracing/in-span.ts';

/** A request to another HTTP server. Nothing is retried here: who calls knows what may be repeated. */
export interface JsonCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Covers connecting, sending and reading the whole answer; cut to what the request at work has left. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  /** Parsed JSON, or `undefined` when the body is none. */
  readonly body: unknown;
}

/**
 * No complete answer arrived: whether the other side acted is unknown, unless `kind` is `refused`: then no connection
 * came about, so it got nothing.
 */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly kind: 'timeout' | 'refused' | 'connection' | 'aborted';
  constructor(kind: NoAnswerError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Sends the request with the active trace context and the time that is left for it; resolves for every status, rejects
 * with `NoAnswerError`, or with `DeadlinePassedError` when there is no time left to send it in.
 */
export async function callJson(call: JsonCall): Promise<JsonAnswer> {
  const { origin, port, pathname } = new URL(call.url);
  const attributes = {
    'http.request.method': call.method,
    // Without the query, which may hold what is nobody's business.
    'url.full': `${origin}${pathname}`,
    'server.port': Number(port),
  };
  return inSpan({ name: call.method, kind: SpanKind.CLIENT, attributes }, async (span) => {
    const answer = await send(call);
    span.setAttribute('http.response.status_code', answer.status);
    return answer;
  });
}

async function send(call: JsonCall): Promise<JsonAnswer> {
  const headers: Record<string, string> = { ...call.headers };
  propagation.inject(context.active(), headers);
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  const timeoutMs = timeLeftMs(call.timeoutMs);
  headers[TIMEOUT_HEADER] = String(timeoutMs);
  const deadline = AbortSignal.timeout(timeoutMs);
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
      throw new NoAnswerError('timeout', `${call.method} ${call.url}: no answer within ${timeoutMs} ms`, {
        cause: error,
      });
    if (call.signal?.aborted)
      throw new NoAnswerError('aborted', `${call.method} ${call.url}: given up`, { cause: error });
    const kind = isRefused(error) ? 'refused' : 'connection';
    throw new NoAnswerError(kind, `${call.method} ${call.url}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Whole milliseconds, at least one: what is asked for, within what the request at work has left. */
function timeLeftMs(timeoutMs: number): number {
  const deadline = currentDeadline();
  deadline?.check();
  return Math.max(1, Math.floor(Math.min(timeoutMs, deadline?.remainingMs() ?? timeoutMs)));
}

/** Only `connect` can be refused: a connection that exists is reset. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
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
