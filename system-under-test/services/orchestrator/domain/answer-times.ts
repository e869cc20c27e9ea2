interface Estimate {
  readonly smoothedMs: number;
  readonly variationMs: number;
}

/**
 * How long participants take to answer at present, learned from their answers: the retransmission timer of RFC 6298 §2 (smoothed
 * time plus four times its variation). A late answer counts too, and counts most: without it a participant that is behind is
 * asked again by every saga that waits for it, and falls behind further. Kept in memory: who starts anew learns again.
 */
export class AnswerTimes {
  readonly #byParticipant = new Map<string, Estimate>();

  /**
   * Takes in the time from the first asking to the answer. Only of answers to the first attempt (Karn's rule): one to a repetition
   * comes after a wait of ours, and would make that wait part of what the participant takes.
   */
  note(participant: string, tookMs: number): void {
    const known = this.#byParticipant.get(participant);
    this.#byParticipant.set(participant, known === undefined ? firstOf(tookMs) : nextOf(known, tookMs));
  }

  /** By when an answer is overdue, by what was seen; 0 while nothing was. */
  timeoutMs(participant: string): number {
    const known = this.#byParticipant.get(participant);
    return known === undefined ? 0 : known.smoothedMs + 4 * known.variationMs;
  }
}

const firstOf = (tookMs: number): Estimate => ({ smoothedMs: tookMs, variationMs: tookMs / 2 });

const nextOf = ({ smoothedMs, variationMs }: Estimate, tookMs: number): Estimate => ({
  smoothedMs: smoothedMs + (tookMs - smoothedMs) / 8,
  variationMs: variationMs + (Math.abs(tookMs - smoothedMs) - variationMs) / 4,
});
