import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ProcessSpec } from '../process-spec.ts';

/** Finds setpriv(1) of util-linux; `undefined` where there is none. */
export function findSetpriv(path: string = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'setpriv'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The command line that lets the kernel kill the process when its parent dies (prctl(2), PR_SET_PDEATHSIG), so that
 * children cannot outlive a keeper that got SIGKILL. setpriv replaces itself by the command: the pid stays.
 */
export function withDeathSignal(
  spec: Pick<ProcessSpec, 'command' | 'args'>,
  setpriv: string | undefined,
): { readonly command: string; readonly args: readonly string[] } {
  if (setpriv === undefined) return { command: spec.command, args: spec.args };
  return { command: setpriv, args: ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args] };
}
