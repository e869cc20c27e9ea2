import type { InstallTools } from './install-tools.ts';
import type { InstallableName } from './installable-name.ts';
import type { InstallationOf, Origin } from './installation.ts';
import type { Surroundings } from './surroundings.ts';

/** A place where the server may be, in the order of preference. */
export interface Candidate {
  readonly origin: Origin;
  readonly path: string;
  /** The variable that named it, for `configured`. */
  readonly variable?: string;
}

export type Inspection<N extends InstallableName> =
  | { readonly usable: true; readonly installation: InstallationOf<N> }
  /** `remedy`: set when no other copy of the server would help (Java is missing). */
  | {
      readonly usable: false;
      readonly reason: string;
      readonly remedy?: { readonly where: string; readonly todo: string };
    };

/** A program that installs a server, and the Debian package that has it. */
export interface InstallerProgram {
  readonly program: string;
  readonly debianPackage: string;
}

/** How one server is found and, when it is not there, installed into the cache. Adding a server is one such object. */
export interface ComponentSource<N extends InstallableName> {
  readonly name: N;
  /** Which versions will do, for people: `15 or newer`. */
  readonly neededVersion: string;
  /** The version that `install` gives; part of the folder's name in the cache. */
  readonly installedVersion: string;
  /** Size after `install`, for progress. */
  readonly approximateBytes: number;
  readonly howToGetIt: string;
  readonly installers: readonly InstallerProgram[];
  /** Where to look outside the cache. */
  candidates(surroundings: Surroundings): Promise<readonly Candidate[]>;
  /** Path in the cache folder of this server that `inspect` is given. */
  pathInCache(folder: string): string;
  inspect(candidate: Candidate, surroundings: Surroundings): Promise<Inspection<N>>;
  /** Fills the empty folder `folder`, so that `inspect` accepts it wherever it is moved afterwards. */
  install(folder: string, tools: InstallTools): Promise<void>;
  /** Something made once per machine from a found installation, idempotent (Kafka's AppCDS archive). */
  optimise?(installation: InstallationOf<N>, tools: InstallTools): Promise<void>;
}
