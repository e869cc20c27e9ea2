/** One text replacement: `find` stands exactly once in the source. */
export interface Replacement {
  readonly find: string;
  readonly replace: string;
}

/** A replacement does not fit the source: its text is gone, ambiguous, or touched by another replacement. */
export class ReplacementMisplaced extends Error {
  readonly find: string;

  constructor(find: string, what: string) {
    super(`the text ${JSON.stringify(find)} ${what}`);
    this.name = new.target.name;
    this.find = find;
  }
}

/**
 * Replaces each text literally (no `$` patterns). All are looked for in the original source, so that their order does
 * not matter and none can find what another has put there. Throws `ReplacementMisplaced`.
 */
export function applyReplacements(source: string, replacements: readonly Replacement[]): string {
  const placed = replacements
    .map((replacement) => ({ ...replacement, at: onlyPlace(source, replacement.find) }))
    .sort((a, b) => a.at - b.at);
  let result = '';
  let end = 0;
  for (const { at, find, replace } of placed) {
    if (at < end) throw new ReplacementMisplaced(find, 'overlaps with another replacement');
    result += source.slice(end, at) + replace;
    end = at + find.length;
  }
  return result + source.slice(end);
}

function onlyPlace(source: string, find: string): number {
  const at = source.indexOf(find);
  if (find === '' || at < 0) throw new ReplacementMisplaced(find, 'is not there; it must stand there exactly once');
  if (source.indexOf(find, at + 1) >= 0) {
    throw new ReplacementMisplaced(find, 'stands there more than once; make it longer until it is unique');
  }
  return at;
}
