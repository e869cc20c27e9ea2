import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { CorruptHistory } from '#invariants/history/corrupt-history.ts';
import { createHistory } from '#invariants/history/create-history.ts';
import type { History } from '#invariants/history/history.ts';
import { HistoryDecoder } from '#invariants/history/ndjson-codec.ts';
import type { Harvest } from '#invariants/model/harvest.ts';
import type { RunRecord } from '#reports/model/run-report.ts';
import type { Plan } from '../../model/plan.ts';
import { BUNDLE_FILES } from './bundle-files.ts';
import { planSchema, runRecordSchema } from './bundle-schemas.ts';
import { CorruptBundle } from './corrupt-bundle.ts';
import { harvestFileSchema } from './harvest-file.ts';
import { NotABundle } from './not-a-bundle.ts';

/** What a bundle holds. A file that the run did not get to write is undefined, with the reason in `gaps`. */
export interface Bundle {
  readonly record: RunRecord;
  readonly plan: Plan | undefined;
  readonly history: History;
  readonly harvest: Harvest | undefined;
  readonly gaps: readonly string[];
}

/**
 * Reads a bundle, complete or left by a run that was killed. Rejects with `NotABundle` when there is no `run.json`, and with
 * `CorruptBundle` when a file holds something that no run writes.
 */
export async function readBundle(dir: string): Promise<Bundle> {
  const gaps: string[] = [];
  const record = await readJson(dir, BUNDLE_FILES.run, runRecordSchema, gaps);
  if (record === undefined) throw new NotABundle(dir, gaps.join(', '));
  const plan = await readJson(dir, BUNDLE_FILES.plan, planSchema, gaps);
  const history = await readHistory(dir, gaps);
  const harvest = await readJson(dir, BUNDLE_FILES.harvest, harvestFileSchema, gaps);
  return { record, plan, history, harvest, gaps };
}

/** The text of a file; undefined, with the reason in `gaps`, when the run did not get to write it whole. */
async function readText(dir: string, file: string, gaps: string[]): Promise<string | undefined> {
  try {
    const text = await readFile(join(dir, file), 'utf8');
    if (text.endsWith('\n')) return text;
    gaps.push(`${file} is truncated`);
  } catch (error) {
    if (!isMissing(error)) throw new CorruptBundle(file, String(error), { cause: error });
    gaps.push(`${file} is missing: the run did not get so far`);
  }
  return undefined;
}

async function readJson<S extends z.ZodType>(
  dir: string,
  file: string,
  schema: S,
  gaps: string[],
): Promise<z.output<S> | undefined> {
  const text = await readText(dir, file, gaps);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(file, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CorruptBundle(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of its format'}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CorruptBundle(file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The history up to the verdict: what a run records while it judges itself is not evidence. */
async function readHistory(dir: string, gaps: string[]): Promise<History> {
  const decoder = new HistoryDecoder();
  try {
    for await (const chunk of createReadStream(join(dir, BUNDLE_FILES.history))) decoder.push(chunk);
    const { events, truncated } = decoder.end();
    if (truncated) gaps.push(`the last line of ${BUNDLE_FILES.history} is torn`);
    const judged = events.findIndex((event) => event.type === 'phase' && event.phase === 'judge');
    return createHistory(judged < 0 ? events : events.slice(0, judged));
  } catch (error) {
    if (isMissing(error)) {
      gaps.push(`${BUNDLE_FILES.history} is missing`);
      return createHistory([]);
    }
    if (error instanceof CorruptHistory) throw new CorruptBundle(BUNDLE_FILES.history, error.message, { cause: error });
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
