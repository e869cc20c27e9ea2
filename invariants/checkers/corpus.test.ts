import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHistory } from '../history/create-history.ts';
import { decodeHistory } from '../history/ndjson-codec.ts';
import type { Harvest } from '../model/harvest.ts';
import type { Objectives } from '../model/invariant.ts';
import { judge } from '../model/judge.ts';
import type { Outcome } from '../model/verdict.ts';
import { INVARIANTS } from './catalog.ts';

/**
 * The regression set: each folder is a recorded run (the files of a bundle) with the verdicts that it must get. A false alarm or
 * a missed breach found in the field is added here as a folder, and stays found.
 */
interface Expected {
  readonly summary: string;
  readonly objectives: Objectives;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const CORPUS = join(import.meta.dirname, '..', 'corpus');
const examples = readdirSync(CORPUS, { withFileTypes: true }).filter((entry) => entry.isDirectory());

it('has a good and a bad example at least', () => {
  expect(examples.length).toBeGreaterThanOrEqual(2);
});

it.each(examples.map((entry) => entry.name))('%s gets the verdicts that it is known to deserve', (name) => {
  const read = (file: string): string => readFileSync(join(CORPUS, name, file), 'utf8');
  const expected: Expected = JSON.parse(read('expected.json'));
  const history = createHistory(decodeHistory(read('history.ndjson')).events);
  const harvest: Harvest = JSON.parse(read('harvest.json'));
  const judgements = judge(Object.values(INVARIANTS), history, harvest, expected.objectives);
  const outcomes = Object.fromEntries(judgements.map(({ name: invariant, verdict }) => [invariant, verdict.outcome]));
  expect(outcomes).toEqual(expected.outcomes);
});
