import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes the folder of a new run, `<parent>/<name>-<yyyymmddhhmmss>`; with `-2`, `-3` … behind it when that second has one already, as
 * after a run that was refused at once. Throws what `mkdir` throws.
 */
export function claimRunDir(parent: string, name: string, now: Date): string {
  mkdirSync(parent, { recursive: true });
  const first = join(parent, `${name}-${now.toISOString().replace(/\D/g, '').slice(0, 14)}`);
  for (let nth = 1; ; nth += 1) {
    const dir = nth === 1 ? first : `${first}-${nth}`;
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
