/**
 * Preload: `node --import <this file>` with CHAOS_DEFECT naming a defect's file. Changes the source of the defect's
 * modules while they are loaded, before types are stripped, so that no switch for it stands in the services' code.
 * A replacement that does not fit stops the process: a run without its defect would prove nothing.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { applyReplacements, ReplacementMisplaced } from './apply-replacements.ts';
import { DefectUnreadable } from './defect-unreadable.ts';
import { parseDefect } from './load-defect.ts';
import { PLANT_VARIABLES, PLANTED_HERE } from './plant-environment.ts';

const file = process.env[PLANT_VARIABLES.defect];
if (file === undefined)
  throw new Error(`${PLANT_VARIABLES.defect} is not set; it names the file of the defect to plant`);
const defect = parseDefect(file, readFileSync(file, 'utf8'));
const root = new URL('../../', import.meta.url);
const modules = new Map(defect.replacements.map(({ module }) => [new URL(module, root).href, module]));

function plant(module: string, source: string): string {
  try {
    const planted = applyReplacements(
      source,
      defect.replacements.filter((replacement) => replacement.module === module),
    );
    report(module);
    return planted;
  } catch (error) {
    if (!(error instanceof ReplacementMisplaced)) throw error;
    const todo = `Correct its replacements for ${module}, which has changed since`;
    throw new DefectUnreadable({ file: file ?? '', what: `${module}: ${error.message}`, todo, cause: error });
  }
}

function report(module: string): void {
  const planting = { defect: defect.name, module, pid: process.pid };
  PLANTED_HERE.push(planting);
  const log = process.env[PLANT_VARIABLES.log];
  if (log === undefined) process.stderr.write(`defect ${defect.name} planted in ${module}\n`);
  else appendFileSync(log, `${JSON.stringify(planting)}\n`);
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const module = modules.get(url);
    if (module === undefined) return loaded;
    if (loaded.source === undefined || loaded.source === null) throw new Error(`${module} has no source to plant in`);
    const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: plant(module, source) };
  },
});
