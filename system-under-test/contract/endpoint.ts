import type { z } from 'zod';

/**
 * One route of an HTTP API as data: what a server registers (`documentedRoute`), what the gateway forwards, and what
 * `/openapi.json` says are the same thing. Routes of the public API are declared in `endpoints/<service>.ts`.
 */
export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  H extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends Answers = Answers,
> {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Parameters as `:id`; each has a field in `params`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  /** Names in lower case, as Node gives them. */
  readonly headers?: H;
  readonly body?: B;
  /** Successful answers: the body's schema by status. */
  readonly answers: A;
  /** What else may be answered as `{ error, details? }`, by status; 400, 413, 415 and 5xx need no mention. */
  readonly errors?: Readonly<Record<number, string>>;
}

type Answers = Readonly<Record<number, z.ZodType>>;

/** The endpoint itself; exists so that its schemas are inferred. */
export const endpoint = <
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
  A extends Answers,
>(
  declared: Endpoint<P, Q, H, B, A>,
): Endpoint<P, Q, H, B, A> => declared;
