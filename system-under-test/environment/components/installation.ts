import type { InstallableName } from './installable-name.ts';

/** Where a server was found: named by a CHAOS_… variable, on PATH (or its well-known folder), or in our cache. */
export type Origin = 'configured' | 'path' | 'cache';

/** A usable copy of a server on this machine. */
export interface Installation {
  readonly origin: Origin;
  readonly version: string;
  /** The server's executable; for Kafka the folder that holds `libs/`. Absolute. */
  readonly path: string;
  /** Folders for LD_LIBRARY_PATH, in order; empty when the system's libraries suffice. */
  readonly libraryFolders: readonly string[];
}

export interface KafkaInstallation extends Installation {
  /** Absolute path of a `java` that is new enough. */
  readonly java: string;
  /** Jars in a fixed order: an AppCDS archive is only valid for the class path it was made with. */
  readonly classPath: readonly string[];
  /** AppCDS archive for exactly this Java and class path; it may not exist yet. */
  readonly sharedArchive: string;
  /** Contents of a freshly formatted `log.dirs` folder, to be copied; it may not exist yet. */
  readonly formattedStorage: string;
}

export interface ConnectInstallation extends Installation {
  /** Absolute path of a `java` that is new enough. */
  readonly java: string;
  /** Jars of the worker, in a fixed order. */
  readonly classPath: readonly string[];
  /** Folder with one folder of jars per plugin. */
  readonly plugins: string;
  /** AppCDS archive for exactly this Java and class path; it may not exist yet. */
  readonly sharedArchive: string;
}

export interface PatroniInstallation extends Installation {
  /** Absolute path of a Python that the user whom PostgreSQL runs as may run. */
  readonly python: string;
}

export type InstallationOf<N extends InstallableName> = N extends 'kafka'
  ? KafkaInstallation
  : N extends 'patroni'
    ? PatroniInstallation
    : N extends 'connect'
      ? ConnectInstallation
      : Installation;
