/** One line for a log or an answer; an aggregate names everything it holds. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return `${error.message}: ${error.errors.map(messageOf).join('; ')}`;
  return error instanceof Error ? error.message : String(error);
}
