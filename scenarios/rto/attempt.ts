/** One write of the measuring client: `id` names what was acknowledged, without it the write failed. Times in ms of one clock. */
export interface Attempt {
  readonly startMs: number;
  readonly endMs: number;
  readonly id?: string;
  readonly error?: string;
}

export const isAcknowledged = (attempt: Attempt): boolean => attempt.id !== undefined;

/** When the chosen attempts ended, from `sinceMs` on and in order. */
export const endsSince = (
  sinceMs: number,
  attempts: readonly Attempt[],
  isChosen: (attempt: Attempt) => boolean,
): readonly number[] =>
  attempts
    .filter((attempt) => attempt.endMs >= sinceMs && isChosen(attempt))
    .map(({ endMs }) => endMs)
    .toSorted((a, b) => a - b);
