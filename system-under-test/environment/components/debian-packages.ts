import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallerProgram } from './component-source.ts';
import { takeFileLock } from './file-lock.ts';
import type { InstallTools } from './install-tools.ts';
import { InstallerFailed } from './installer-failed.ts';
import { programOutput } from './program-output.ts';

export const DEBIAN_INSTALLERS: readonly InstallerProgram[] = [
  { program: 'apt-get', debianPackage: 'apt' },
  { program: 'dpkg-deb', debianPackage: 'dpkg' },
];

/** Without the option apt-get ends with code 0 when it could not reach a server. */
const UPDATE: readonly string[] = ['-o', 'APT::Update::Error-Mode=any', 'update', '-q'];

/**
 * Downloads Debian packages with what they need and this machine lacks, and unpacks them into `folder`. Nothing of
 * the system changes and no root is needed: apt's own package lists are read, and when they are empty or too
 * old, fresh ones are fetched into a private folder.
 */
export async function unpackDebianPackages(
  packages: readonly string[],
  folder: string,
  tools: InstallTools,
): Promise<void> {
  const workplace = join(folder, '.debian');
  await mkdir(workplace, { recursive: true });
  try {
    await downloadPackages(packages, workplace, [], tools);
  } catch (error) {
    if (!(error instanceof InstallerFailed) || error.kind === 'disk-full') throw error;
    tools.report('fetching package lists');
    const options = await privateLists(workplace);
    await tools.run('apt-get', [...options, ...UPDATE], { cwd: workplace });
    await downloadPackages(packages, workplace, options, tools);
  }
  for (const file of (await readdir(workplace)).filter((name) => name.endsWith('.deb'))) {
    await tools.run('dpkg-deb', ['-x', join(workplace, file), folder], { cwd: workplace });
  }
  await rm(workplace, { recursive: true });
}

/** Installs packages into the system; for root only. One apt at a time: it gives up when its lock is taken. */
export async function installDebianPackages(packages: readonly string[], tools: InstallTools): Promise<void> {
  const { cacheRoot } = tools.surroundings;
  await using _ = await takeFileLock(join(cacheRoot, 'apt.lock'), { signal: tools.signal });
  tools.report(`apt-get install ${packages.join(' ')}`);
  const install = ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '-q', '--no-install-recommends', ...packages];
  const options = { cwd: cacheRoot, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await tools.run('apt-get', install, options);
  } catch (error) {
    if (!(error instanceof InstallerFailed) || error.kind === 'disk-full') throw error;
    await tools.run('apt-get', UPDATE, options);
    await tools.run('apt-get', install, options);
  }
}

async function downloadPackages(
  packages: readonly string[],
  cwd: string,
  aptOptions: readonly string[],
  tools: InstallTools,
): Promise<void> {
  const simulation = await simulateInstall(packages, aptOptions, tools);
  const needed = [...new Set([...packages, ...packagesToInstall(simulation)])];
  tools.report(`downloading ${needed.join(', ')} from Debian`);
  await tools.run('apt-get', [...aptOptions, 'download', '-q', ...needed], { cwd });
}

async function simulateInstall(
  packages: readonly string[],
  aptOptions: readonly string[],
  tools: InstallTools,
): Promise<string> {
  const args = [...aptOptions, '-s', 'install', '--no-install-recommends', ...packages];
  try {
    return await programOutput('apt-get', args, {
      env: { ...tools.surroundings.env, LC_ALL: 'C' },
      signal: tools.signal,
    });
  } catch (cause) {
    tools.signal.throwIfAborted();
    throw new InstallerFailed({ kind: 'other', command: `apt-get ${args.join(' ')}`, saying: String(cause) });
  }
}

/** Names in the lines `Inst <name> (…)` that `apt-get -s install` prints: what this machine lacks. */
export function packagesToInstall(simulation: string): readonly string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** apt options that keep lists and downloads in `workplace` and still know what is installed. */
async function privateLists(workplace: string): Promise<readonly string[]> {
  const state = join(workplace, 'state');
  const cache = join(workplace, 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const status = await readFile('/var/lib/dpkg/status', 'utf8').catch(() => '');
  await writeFile(join(state, 'status'), status);
  const settings = [`Dir::State=${state}`, `Dir::State::status=${join(state, 'status')}`, `Dir::Cache=${cache}`];
  // Root would download as `_apt`, who may not write here.
  return [...settings, 'APT::Sandbox::User=root'].flatMap((setting) => ['-o', setting]);
}
