import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { combineOutcomes } from '#invariants/model/combine-outcomes.ts';
import { sagaRecovery } from '../catalog/saga-recovery.ts';
import { BundleWriter } from './bundle/bundle-writer.ts';
import { CorruptBundle } from './bundle/corrupt-bundle.ts';
import { NotABundle } from './bundle/not-a-bundle.ts';
import { judgeBundle } from './judge-bundle.ts';
import { makePlan } from './plan.ts';

// A run that the judge's own tests recorded; here it stands in a bundle.
const recorded = fileURLToPath(new URL('../../invariants/corpus/charged-twice', import.meta.url));
let dir: string;
const file = (name: string): string => join(dir, name);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  const bundle = await BundleWriter.create(dir);
  bundle.writeRecord({
    formatVersion: 1,
    runId: 'run-1',
    scenario: sagaRecovery.name,
    summary: sagaRecovery.summary,
    topology: 'compact',
    publisher: 'relay',
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    versions: {},
    invariants: [...sagaRecovery.invariants],
    objectives: sagaRecovery.objectives,
    repeat: 'npx chaos run saga-recovery --seed 7',
  });
  bundle.writePlan(makePlan(sagaRecovery, 7));
  cpSync(join(recorded, 'history.ndjson'), bundle.historyPath);
  cpSync(join(recorded, 'harvest.json'), file('harvest.json'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const outcomes = ({ verdicts }: Awaited<ReturnType<typeof judgeBundle>>) =>
  Object.fromEntries(verdicts.map(({ name, verdict }) => [name, verdict.outcome]));

test('judges every invariant of the record, and says the same the second time', async () => {
  const judged = await judgeBundle(dir);
  expect(judged.verdicts.map(({ name }) => name)).toEqual(sagaRecovery.invariants);
  expect(outcomes(judged)['order-is-kept']).toBe('violated');
  const again = await judgeBundle(dir);
  expect(again.verdicts).toEqual(judged.verdicts);
  expect(again.inconclusive).toEqual(judged.inconclusive);
});

test('what a run records while it judges itself changes nothing', async () => {
  const judged = await judgeBundle(dir);
  const index = readFileSync(file('history.ndjson'), 'utf8').trimEnd().split('\n').length;
  for (const [offset, state] of ['begin', 'end'].entries()) {
    const event = { index: index + offset, timeMs: 1e9, type: 'phase', phase: 'judge', state };
    appendFileSync(file('history.ndjson'), `${JSON.stringify(event)}\n`);
  }
  const again = await judgeBundle(dir);
  expect(again.verdicts).toEqual(judged.verdicts);
  expect(again.inconclusive).toEqual(judged.inconclusive);
});

test.each(['missing', 'truncated'])(
  'with a harvest that is %s every verdict is unknown and the reason is given',
  async (how) => {
    if (how === 'missing') rmSync(file('harvest.json'));
    else truncateSync(file('harvest.json'), 1_000);
    const judged = await judgeBundle(dir);
    expect(combineOutcomes(Object.values(outcomes(judged)))).toBe('unknown');
    expect(judged.inconclusive.join('\n')).toMatch(new RegExp(`harvest.json is ${how}`));
    expect(judged.inconclusive).toContain('the final state was not harvested');
  },
);

test('a history that is torn at any byte can still be judged', async () => {
  const { length } = readFileSync(file('history.ndjson'));
  for (const bytes of [length - 1, length - 2, length - 40, Math.floor(length / 2), 10, 0]) {
    truncateSync(file('history.ndjson'), bytes);
    expect((await judgeBundle(dir)).inconclusive).not.toEqual([]);
  }
  rmSync(file('history.ndjson'));
  expect((await judgeBundle(dir)).inconclusive).toContain('history.ndjson is missing');
});

test.each([
  ['run.json', '{"formatVersion":2}\n', /formatVersion/],
  ['plan.json', 'not JSON\n', /plan\.json/],
  ['harvest.json', '{"orders":[{"id":1}]}\n', /orders\.0/],
  ['history.ndjson', '{"index":5}\n{}\n', /line 1/],
])('a corrupt %s is a clear error', async (name, text, message) => {
  writeFileSync(file(name), text);
  const judging = judgeBundle(dir);
  await expect(judging).rejects.toThrow(CorruptBundle);
  await expect(judging).rejects.toThrow(message);
  await expect(judging).rejects.toMatchObject({ file: name });
});

test('a folder without run.json is no bundle', async () => {
  rmSync(file('run.json'));
  await expect(judgeBundle(dir)).rejects.toThrow(NotABundle);
});

test('a record that names an unknown invariant is corrupt', async () => {
  writeFileSync(file('run.json'), readFileSync(file('run.json'), 'utf8').replace('messages-once', 'messages-twice'));
  await expect(judgeBundle(dir)).rejects.toThrow(/messages-twice, which does not exist/);
});
