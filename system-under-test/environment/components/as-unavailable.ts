import type { ComponentSource } from './component-source.ts';
import { ComponentUnavailable } from './component-unavailable.ts';
import type { InstallableName } from './installable-name.ts';
import { type FailureKind, InstallerFailed } from './installer-failed.ts';

const EXPLANATIONS: Readonly<Record<FailureKind, { readonly what: string; readonly todo: string }>> = {
  'disk-full': {
    what: 'the disk is full',
    todo: 'Free some space (about 500 MB for all servers), or set CHAOS_CACHE_DIR to a folder on another disk.',
  },
  network: {
    what: 'the package registry cannot be reached',
    todo: 'Check the network (or its proxy settings) and try again',
  },
  timeout: { what: 'the installer did not come to an end', todo: 'Check the network and try again' },
  'program-missing': { what: 'the installer is not on this machine', todo: 'Install it and try again' },
  other: { what: 'it cannot be installed', todo: 'See the log' },
};

const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

/** The error that a user sees when installing `source` failed with `error`. */
export function asUnavailable(
  error: unknown,
  source: ComponentSource<InstallableName>,
  logFile: string,
): ComponentUnavailable {
  if (error instanceof ComponentUnavailable) return error;
  const instead = `or get the server yourself: ${source.howToGetIt}.`;
  if (error instanceof InstallerFailed) {
    const { what, todo } = EXPLANATIONS[error.kind];
    const said = error.saying === '' ? '' : `; it said: ${error.saying}`;
    return new ComponentUnavailable({
      component: source.name,
      what: `${what}: ${programOf(error.command)} failed${said}`,
      where: `log: ${logFile}`,
      todo: error.kind === 'disk-full' ? todo : `${todo}, ${instead}`,
      cause: error,
    });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const where = error instanceof Error && 'path' in error ? String(error.path) : logFile;
  const common = { component: source.name, where, cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ComponentUnavailable({ ...common, ...EXPLANATIONS['disk-full'] });
  if (UNWRITABLE.has(code)) {
    const todo = 'Set CHAOS_CACHE_DIR to a folder that you may write to.';
    return new ComponentUnavailable({ ...common, what: 'the cache cannot be written', todo });
  }
  const what = error instanceof Error ? error.message : String(error);
  return new ComponentUnavailable({ ...common, what, todo: `See the log, ${instead}` });
}

/** `python3 -m pip … download` -> `python3`: the rest of the command is in the log. */
const programOf = (command: string): string => command.split(' ')[0] ?? command;
