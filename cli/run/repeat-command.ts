export interface RepeatedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly topology?: string;
  readonly publisher?: string;
  readonly stormMs?: number;
  readonly orders?: number;
  readonly defect?: string | undefined;
}

/** The shell command that repeats a run: everything that the plan depends on, and the planted defect. */
export function repeatCommand({ scenario, seed, topology, publisher, stormMs, orders, defect }: RepeatedRun): string {
  return [
    `npx chaos run ${scenario} --seed ${seed}`,
    ...(topology === undefined ? [] : [`--topology ${topology}`]),
    ...(publisher === undefined ? [] : [`--publisher ${publisher}`]),
    ...(stormMs === undefined ? [] : [`--storm ${stormMs}ms`]),
    ...(orders === undefined ? [] : [`--orders ${orders}`]),
    ...(defect === undefined ? [] : [`--defect ${quoted(defect)}`]),
  ].join(' ');
}

const quoted = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
