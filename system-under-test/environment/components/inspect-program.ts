import type { Candidate } from './component-source.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import type { Installation } from './installation.ts';
import { libraryEnvironment } from './library-folders.ts';
import { programOutput } from './program-output.ts';
import type { Surroundings } from './surroundings.ts';
import { isAtLeast, versionIn } from './version.ts';

type ProgramInspection =
  | { readonly usable: true; readonly installation: Installation }
  | { readonly usable: false; readonly reason: string };

/** Asks the program at `candidate.path` for its version and refuses one older than `needed`. */
export async function inspectProgram(
  candidate: Candidate,
  options: {
    readonly needed: string;
    readonly versionArguments: readonly string[];
    readonly libraryFolders: readonly string[];
    readonly surroundings: Surroundings;
  },
): Promise<ProgramInspection> {
  const { path, origin } = candidate;
  if (!(await isExecutable(path))) return { usable: false, reason: `${path} is not an executable file` };
  const env = { ...options.surroundings.env, ...libraryEnvironment(options.libraryFolders) };
  try {
    const output = await programOutput(path, options.versionArguments, { env });
    const version = versionIn(output);
    if (version === undefined) return { usable: false, reason: `${path} does not tell its version` };
    if (!isAtLeast(version, options.needed)) {
      return { usable: false, reason: `${path} is version ${version}, needed is ${options.needed} or newer` };
    }
    return { usable: true, installation: { origin, version, path, libraryFolders: options.libraryFolders } };
  } catch (error) {
    return { usable: false, reason: `${path} does not run: ${messageOf(error)}` };
  }
}

/** A program named by a variable, then one on PATH. */
export async function programCandidates(
  program: string,
  variable: string,
  { env }: Surroundings,
): Promise<readonly Candidate[]> {
  const configured = env[variable];
  const onPath = await findOnPath(program, env);
  return [
    ...(configured ? [{ origin: 'configured' as const, path: configured, variable }] : []),
    ...(onPath ? [{ origin: 'path' as const, path: onPath }] : []),
  ];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));
