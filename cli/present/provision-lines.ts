import type { ProvisionProgress } from '#sut/environment/provision.ts';
import { InstallLines } from './install-lines.ts';

/** Plain lines for what happens until every component is ready. */
export function provisionLines(write: (line: string) => void): (progress: ProvisionProgress) => void {
  const installs = new InstallLines(write);
  const after = (elapsedMs: number): string => `after ${(elapsedMs / 1000).toFixed(1)} s`;
  return (progress) => {
    if (progress.kind === 'install') installs.show(progress.progress);
    else if (progress.kind === 'ready') write(`  ${progress.component} ready ${after(progress.elapsedMs)}`);
    else write(`  an earlier run was cleaned up: ended ${list(progress.processes)}, healed ${list(progress.faults)}`);
  };
}

const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));
