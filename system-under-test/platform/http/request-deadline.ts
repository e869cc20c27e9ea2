import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TIMEOUT_HEADER } from '#sut/contract/api.ts';
import { Deadline, withDeadline } from '../time/deadline.ts';
import { HttpError } from './http-error.ts';

/** Longer than any caller waits; also what the timers of Node can hold. */
const LONGEST_MS = 600_000;

/**
 * Reads how long the caller will wait and runs the handler under that deadline (`currentDeadline`). A request that has
 * no time left, on arrival or once its body is there, is answered 504 before any work.
 */
export function keepDeadlines(app: FastifyInstance): void {
  const deadlines = new WeakMap<FastifyRequest, Deadline>();
  app.addHook('onRequest', async (request) => {
    const timeoutMs = timeoutOf(request.headers[TIMEOUT_HEADER]);
    if (timeoutMs === undefined) return;
    const deadline = new Deadline(timeoutMs);
    deadline.check();
    deadlines.set(request, deadline);
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const deadline = deadlines.get(request);
    try {
      deadline?.check();
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)));
    }
    withDeadline(deadline, done);
  });
}

function timeoutOf(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,6}$/.test(header) && Number(header) <= LONGEST_MS) return Number(header);
  throw new HttpError(400, 'invalid input', [
    { field: TIMEOUT_HEADER, message: `must be whole milliseconds, at most ${LONGEST_MS}` },
  ]);
}
