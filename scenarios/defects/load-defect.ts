import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Defect } from '../model/defect.ts';
import { nearestNames } from '../model/nearest-names.ts';
import { DefectUnreadable } from './defect-unreadable.ts';

/** Where the defects that come with the product are, one `<name>.json` each. */
const DEFECT_CATALOG = fileURLToPath(new URL('catalog', import.meta.url));

/** A defect and the absolute path of its file, which `plant.ts` reads in the process that gets the defect. */
export interface LoadedDefect {
  readonly defect: Defect;
  readonly file: string;
}

/** Only the accused may be changed, never the judge. */
const MODULE = /^system-under-test\/(?!.*\.\.)[\w./-]+\.(ts|js|mjs)$/;

const defectSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be in kebab-case'),
  summary: z.string().min(1),
  invariants: z.array(z.string().min(1)).min(1),
  scenario: z.string().min(1).default('saga-recovery'),
  replacements: z
    .array(
      z
        .strictObject({
          module: z.string().regex(MODULE, 'must be a path from the repository root to a module of system-under-test/'),
          find: z.string().min(1),
          replace: z.string(),
        })
        .refine(({ find, replace }) => find !== replace, { error: 'replace must differ from find', path: ['replace'] }),
    )
    .min(1),
});

/** Names of the defects in the catalogue, in alphabetical order. An absent folder is an empty catalogue. */
export async function listDefects(catalog = DEFECT_CATALOG): Promise<readonly string[]> {
  try {
    const files = await readdir(catalog);
    return files.flatMap((file) => (file.endsWith('.json') ? [basename(file, '.json')] : [])).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Reads a defect by its name in the catalogue, or by the path of its file (what has a slash or ends in `.json`; from
 * the working directory). Rejects with `DefectUnreadable`.
 */
export async function loadDefect(nameOrFile: string, catalog = DEFECT_CATALOG): Promise<LoadedDefect> {
  if (nameOrFile.includes('/') || nameOrFile.includes(sep) || nameOrFile.endsWith('.json')) {
    const file = resolve(nameOrFile);
    return { file, defect: await readDefect(file) };
  }
  const names = await listDefects(catalog);
  const file = join(catalog, `${nameOrFile}.json`);
  if (!names.includes(nameOrFile)) {
    const nearest = nearestNames(nameOrFile, names);
    const todo =
      nearest.length === 0 ? 'The catalogue is empty; give the path of a file' : `Did you mean ${nearest.join(', ')}?`;
    throw new DefectUnreadable({ file: nameOrFile, what: 'there is no defect of this name', todo });
  }
  const defect = await readDefect(file);
  if (defect.name !== nameOrFile) {
    const todo = `Rename the file to ${defect.name}.json or correct its name`;
    throw new DefectUnreadable({ file, what: `its name is ${defect.name}`, todo });
  }
  return { defect, file };
}

async function readDefect(file: string): Promise<Defect> {
  return parseDefect(file, await readText(file));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const what = isMissing(cause) ? 'there is no such file' : `it cannot be read (${String(cause)})`;
    throw new DefectUnreadable({
      file,
      what,
      todo: 'Give the path of a defect file or a name of the catalogue',
      cause,
    });
  }
}

/** Checks the text of a defect's file; `file` is only for the message. Throws `DefectUnreadable`. */
export function parseDefect(file: string, text: string): Defect {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DefectUnreadable({ file, what: `it is not JSON (${String(cause)})`, todo: 'Correct the file', cause });
  }
  const result = defectSchema.safeParse(json);
  if (result.success) return result.data;
  const what = result.error.issues
    .map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`)
    .join('; ');
  throw new DefectUnreadable({ file, what, todo: 'Correct these fields; see scenarios/model/defect.ts' });
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
