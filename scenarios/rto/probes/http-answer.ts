import type { z } from 'zod';
import { NO_ANSWER } from '#invariants/model/is-answered.ts';
import type { HttpPeer, HttpRequest } from '../../workloads/shop/http-exchange.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The answer of an exchange; rejects when none came, or the server could not say what became of the request. */
async function answerOf(peer: HttpPeer, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const exchange = await peer.exchange(request, signal);
  if (exchange.status === undefined) throw new Error(exchange.error);
  if (exchange.status >= 500 || NO_ANSWER.has(exchange.status)) throw unexpected(exchange);
  return exchange;
}

const unexpected = ({ status, body }: Answer): Error =>
  new Error(`${status} ${(JSON.stringify(body) ?? '').slice(0, 200)}`);

/** Whether a resource is there: 2xx or 404; rejects on anything else. */
export async function isThere(peer: HttpPeer, path: string, signal: AbortSignal): Promise<boolean> {
  const answer = await answerOf(peer, { method: 'GET', path }, signal);
  if (answer.status === 404) return false;
  if (answer.status >= 300) throw unexpected(answer);
  return true;
}

/** Makes something new; resolves to the acknowledgement (201), rejects on any other answer. */
export async function create(peer: HttpPeer, request: HttpRequest, signal: AbortSignal): Promise<unknown> {
  const answer = await answerOf(peer, request, signal);
  if (answer.status !== 201) throw unexpected(answer);
  return answer.body;
}

/** What GET answers with 200; rejects on any other answer. */
export async function read<T>(peer: HttpPeer, path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const answer = await answerOf(peer, { method: 'GET', path }, signal);
  if (answer.status !== 200) throw unexpected(answer);
  return schema.parse(answer.body);
}
