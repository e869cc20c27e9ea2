/** The rows in ascending order of `rank`; the very same array when they stand so already, which they nearly always do. */
export function inOrder<Row>(rows: readonly Row[], rank: (row: Row) => number): readonly Row[] {
  let previous = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const current = rank(row);
    if (current < previous) return rows.toSorted((a, b) => rank(a) - rank(b));
    previous = current;
  }
  return rows;
}
