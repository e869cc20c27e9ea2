import { loadDefect } from '#scenarios/defects/load-defect.ts';
import { PLANT_VARIABLES } from '#scenarios/defects/plant-environment.ts';

/** Settings of the servers are written by this process, so a defect in them has to be planted here. */
const LOADED_BY_HARNESS = 'system-under-test/environment/';

/** The defect that a command line names, as oclif would read it. */
function defectIn(argv: readonly string[]): string | undefined {
  const joined = argv.find((arg) => arg.startsWith('--defect='));
  if (joined !== undefined) return joined.slice('--defect='.length);
  const at = argv.indexOf('--defect');
  return at < 0 ? undefined : argv[at + 1];
}

/**
 * Plants the defect that the command line names in this process, should it be one in how servers are started. What is wrong
 * with the defect's file is left to the command, which says it better.
 */
export async function plantInHarness(argv: readonly string[]): Promise<void> {
  const name = defectIn(argv);
  if (name === undefined) return;
  const loaded = await loadDefect(name).catch(() => undefined);
  if (loaded?.defect.replacements.some(({ module }) => module.startsWith(LOADED_BY_HARNESS)) !== true) return;
  process.env[PLANT_VARIABLES.defect] = loaded.file;
  await import('#scenarios/defects/plant.ts');
}
