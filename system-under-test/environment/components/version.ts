/** First dotted number in what a program prints about itself: `postgres (PostgreSQL) 15.18 (Debian …)` -> `15.18`. */
export function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0];
}

/** Version in the output of `java -version`: `openjdk version "17.0.15" …` -> `17.0.15`, `"21"` -> `21`. */
export function javaVersionIn(text: string): string | undefined {
  return /version "([^"]+)"/.exec(text)?.[1];
}

/** Whether `version` is `needed` or newer, compared number by number; missing numbers count as 0. */
export function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(needed)];
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const numbersOf = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);
