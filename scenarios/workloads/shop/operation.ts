import { NO_ANSWER } from '#invariants/model/is-answered.ts';
import type { Outcome } from '../../model/workload.ts';
import type { Exchange, HttpRequest } from './http-exchange.ts';
import type { ShopOp } from './request.ts';

/** What an operation's history entry and its request are made of. */
export interface Operation {
  readonly op: ShopOp;
  readonly input: Readonly<Record<string, unknown>>;
  readonly http: HttpRequest;
  /** Turns a 2xx body into the operation's output; throws when the body is not what the contract promises. */
  output(body: unknown): Readonly<Record<string, unknown>>;
  /** The status that the plan says must come; anything else definite is observed as `unexpected-answer`. */
  readonly expect: number | undefined;
  /** A real client sends again what it must get done and has no answer for. */
  readonly isResent: boolean;
}

export type Judged = Outcome & { readonly error?: string };

/** ok = 2xx; fail = 4xx, it certainly did not happen; info = everything that leaves the outcome open. Pure. */
export function judgeExchange(operation: Pick<Operation, 'output'>, exchange: Exchange): Judged {
  if (exchange.status === undefined) return { type: 'info', error: exchange.error };
  const { status, body } = exchange;
  if (status >= 200 && status < 300) {
    try {
      return { type: 'ok', output: operation.output(body) };
    } catch (error) {
      return { type: 'info', error: `${status} with an unreadable body: ${String(error)}` };
    }
  }
  const isDefinite = status >= 400 && status < 500 && !NO_ANSWER.has(status);
  return { type: isDefinite ? 'fail' : 'info', error: `${status} ${JSON.stringify(body).slice(0, 200)}` };
}
