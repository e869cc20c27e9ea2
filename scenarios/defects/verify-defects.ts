import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { Defect } from '../model/defect.ts';
import { applyReplacements, ReplacementMisplaced } from './apply-replacements.ts';
import { DefectUnreadable } from './defect-unreadable.ts';
import { listDefects, loadDefect } from './load-defect.ts';

export interface DefectCheck {
  readonly catalog: string;
  /** The repository that the modules' paths start from. */
  readonly root: string;
  /** Names that a defect's `invariants` may hold. */
  readonly knownInvariants: readonly string[];
  /** Names that a defect's `scenario` may hold. */
  readonly knownScenarios: readonly string[];
  /** Fewer entries than this is a problem: an empty catalogue must not pass. */
  readonly minimum: number;
}

/**
 * Holds the catalogue against the code as it is now, and resolves to one text per problem: an unreadable file, an
 * unknown invariant or scenario, a text that does not stand exactly once in its module, a result that no longer parses.
 */
export async function verifyDefects(check: DefectCheck): Promise<readonly string[]> {
  const names = await listDefects(check.catalog);
  const tooFew = `${check.catalog}: ${names.length} defects, at least ${check.minimum} are needed`;
  const problems = await Promise.all(names.map((name) => problemsOf(name, check)));
  return [...(names.length < check.minimum ? [tooFew] : []), ...problems.flat()];
}

async function problemsOf(name: string, check: DefectCheck): Promise<readonly string[]> {
  try {
    const { defect } = await loadDefect(name, check.catalog);
    const unknown = defect.invariants.filter((invariant) => !check.knownInvariants.includes(invariant));
    const noScenario = check.knownScenarios.includes(defect.scenario)
      ? []
      : [`${name}: unknown scenario ${defect.scenario}`];
    const modules = [...new Set(defect.replacements.map(({ module }) => module))];
    const misfits = await Promise.all(modules.map((module) => misfitOf(module, defect, check.root)));
    return [...unknown.map((invariant) => `${name}: unknown invariant ${invariant}`), ...noScenario, ...misfits.flat()];
  } catch (error) {
    if (error instanceof DefectUnreadable) return [error.message];
    throw error;
  }
}

async function misfitOf(module: string, defect: Defect, root: string): Promise<readonly string[]> {
  try {
    const source = await readFile(join(root, module), 'utf8');
    const planted = applyReplacements(
      source,
      defect.replacements.filter((replacement) => replacement.module === module),
    );
    stripTypeScriptTypes(planted);
    return [];
  } catch (error) {
    if (error instanceof ReplacementMisplaced) return [`${defect.name}: ${module}: ${error.message}`];
    if (!(error instanceof Error && 'code' in error)) throw error;
    const what = error.code === 'ENOENT' ? 'there is no such module' : `does not parse when planted: ${error.message}`;
    return [`${defect.name}: ${module}: ${what}`];
  }
}
