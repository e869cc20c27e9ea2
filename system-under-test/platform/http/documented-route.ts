import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Endpoint } from '#sut/contract/endpoint.ts';
import { parseInput } from './parse-input.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly endpoint?: Endpoint;
  }
}

/** What a handler gets: every part of the request that its endpoint describes, checked. */
interface Input<P extends z.ZodType, Q extends z.ZodType, H extends z.ZodType, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly headers: z.output<H>;
  readonly body: z.output<B>;
}

/** What JSON makes a `T` of: a date becomes text. */
type Wire<T> = T extends string
  ? T | Date
  : T extends readonly (infer I)[]
    ? readonly Wire<I>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

/** One of the answers that the endpoint declares, as `[status, body]`. */
type Answer<A extends Endpoint['answers']> = {
  [S in keyof A & number]: readonly [S, Wire<z.output<A[S]>>];
}[keyof A & number];

/**
 * Registers the endpoint: input that it does not allow is answered 400 and the handler not called; the answer's status
 * and body have the types that it declares. Everything else is an `HttpError`. This is the only way to add a route: the
 * app refuses one without documentation (`collectRoutes`).
 *
 *   documentedRoute(app, ORDER_ENDPOINTS.read, async ({ params }) => [200, await orderOf(params.id)]);
 */
export function documentedRoute<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
  A extends Endpoint['answers'],
>(
  app: FastifyInstance,
  endpoint: Endpoint<P, Q, H, B, A>,
  handle: (input: Input<P, Q, H, B>, request: FastifyRequest) => Promise<Answer<NoInfer<A>>> | Answer<NoInfer<A>>,
): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { endpoint },
    handler: async (request, reply) => {
      const input = {
        params: parsed(endpoint.params, request.params),
        query: parsed(endpoint.query, request.query),
        headers: parsed(endpoint.headers, request.headers),
        body: parsed(endpoint.body, request.body),
      };
      const [status, body]: readonly [number, unknown] = await handle(input, request);
      return reply.status(status).send(body);
    },
  });
}

/** A part that the endpoint does not describe stays unread: its type is `unknown`. */
function parsed<S extends z.ZodType>(schema: S | undefined, input: unknown): z.output<S> {
  return schema === undefined ? (undefined as z.output<S>) : parseInput(schema, input);
}
