import { randomInt } from 'node:crypto';

/** A fresh seed, short enough to be typed again. */
export const chooseSeed = (): number => randomInt(1, 1_000_000_000);
