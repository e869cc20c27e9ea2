import type { z } from 'zod';
import { HttpError } from './http-error.ts';

/** The input as `schema` reads it; otherwise 400 with `details: [{ field, message }]`, before anything is written. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input === undefined ? {} : input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.') || 'body',
    message: issue.message,
  }));
  throw new HttpError(400, 'invalid input', details);
}
