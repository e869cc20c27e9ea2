/**
 * The names most like the one that was typed, best first, at most `limit`: names that contain it, then by edit
 * distance (Levenshtein 1966), then by alphabet. Never empty while there are candidates: a list of what exists helps
 * also when nothing is close.
 */
export function nearestNames(typed: string, candidates: readonly string[], limit = 3): readonly string[] {
  const wanted = typed.toLowerCase();
  return candidates
    .map((name) => {
      const lower = name.toLowerCase();
      const isPart = wanted !== '' && lower.includes(wanted);
      return { name, distance: isPart ? 0 : editDistance(wanted, lower) };
    })
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Insertions, deletions and substitutions of one UTF-16 unit that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
