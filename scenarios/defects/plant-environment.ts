import { existsSync, readFileSync } from 'node:fs';
import type { Defect } from '../model/defect.ts';

/** Names of the environment variables that `plant.ts` reads. */
export const PLANT_VARIABLES = { defect: 'CHAOS_DEFECT', log: 'CHAOS_DEFECT_LOG' } as const;

/** What to add to a Node process to plant a defect in it. */
export interface PlantedProcess {
  /** For node's command line, before the script. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Absolute paths: the defect's file, and a log that several processes may share. */
export function plantEnvironment(paths: { readonly defectFile: string; readonly log: string }): PlantedProcess {
  return {
    execArgv: ['--import', new URL('plant.ts', import.meta.url).href],
    env: { [PLANT_VARIABLES.defect]: paths.defectFile, [PLANT_VARIABLES.log]: paths.log },
  };
}

/** Proof that a process has loaded a module with the defect in it. */
export interface Planting {
  readonly defect: string;
  readonly module: string;
  readonly pid: number;
}

/** What `plant.ts` has planted in this very process; it is there when the process was started with it, or has imported it. */
export const PLANTED_HERE: Planting[] = [];

/** All plantings in the log, in order; none when there is no log, for the first planting makes it. */
export function readPlantings(log: string): readonly Planting[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Planting);
}

/**
 * Modules of a defect that neither this process nor one that writes to the log has loaded. While there are any, the bug is not planted
 * or only in part, and a run has not tried the judge.
 */
export function unplantedModules({ replacements }: Pick<Defect, 'replacements'>, log: string): readonly string[] {
  const planted = new Set([...PLANTED_HERE, ...readPlantings(log)].map(({ module }) => module));
  return [...new Set(replacements.map(({ module }) => module))].filter((module) => !planted.has(module));
}
