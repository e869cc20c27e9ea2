/** How far a double may be from the cent that it stands for: a few units in its last place, as sums of decimals are. */
const TOLERANCE = 4 * Number.EPSILON;

/** Cents of an amount with at most two decimals, exactly; amounts are far below 2^53 cents. Throws on finer amounts. */
export function toMinorUnits(amount: number): number {
  const minor = Math.round(amount * 100);
  if (Math.abs(minor / 100 - amount) > TOLERANCE * Math.max(1, Math.abs(amount))) {
    throw new RangeError(`${amount} is not a whole number of cents`);
  }
  return minor;
}

/** The decimal that is shown: the double nearest to it, which JSON writes with at most two places. */
export const toDecimal = (minor: number): number => minor / 100;
