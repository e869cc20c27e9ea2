import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailableError, UnknownOutcomeError } from '../store-errors.ts';
import { DeadlinePassedError } from '../time/deadline.ts';
import { NoAnswerError } from './call-json.ts';
import { HttpError } from './http-error.ts';

interface ErrorAnswer {
  readonly status: number;
  readonly error: string;
  readonly details?: unknown;
}

/** Answers with what the caller can use; what is ours to know goes to the log. */
export async function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const answer = errorAnswer(error, request.id);
  if (answer.status >= 500) request.log.warn({ err: error, status: answer.status }, 'request failed');
  const { status, ...body } = answer;
  await reply.status(status).send(body);
}

/** Status and body for an error. 5xx: the outcome of a write is open unless the text says otherwise. */
export function errorAnswer(error: Error, requestId: string): ErrorAnswer {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      error: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
    };
  }
  if (error instanceof StoreUnavailableError) {
    return { status: 503, error: 'database unavailable, nothing was written; try again' };
  }
  if (error instanceof DeadlinePassedError) {
    return { status: 504, error: 'no time left, nothing was written' };
  }
  if (error instanceof UnknownOutcomeError) {
    return { status: 500, error: 'outcome unknown; repeat the request with the same Idempotency-Key' };
  }
  if (error instanceof NoAnswerError && error.kind === 'refused') {
    return { status: 503, error: 'connection refused, nothing was sent' };
  }
  if (error instanceof NoAnswerError) {
    const status = error.kind === 'timeout' ? 504 : 502;
    return { status, error: error.kind === 'timeout' ? 'no answer in time' : 'connection failed' };
  }
  // Fastify's own: malformed JSON, body too large, unsupported media type.
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status < 500) return { status, error: error.message };
  return { status: 500, error: 'internal error', details: { request_id: requestId } };
}
