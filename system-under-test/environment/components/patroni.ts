import type { Candidate, ComponentSource } from './component-source.ts';
import { findOnPath } from './find-on-path.ts';
import type { InstallTools } from './install-tools.ts';
import { programOutput } from './program-output.ts';
import { PYTHON_INSTALLERS } from './python-wheel.ts';
import { findServerPython, PYTHON_REMEDY } from './server-python.ts';
import type { Surroundings } from './surroundings.ts';
import { isAtLeast } from './version.ts';

const VERSION = '4.1.5';
const NEEDED = '4.0';
/** What is native is taken ready-made: no compiler is needed. Some of the others exist as sources only. */
const NATIVE = 'psycopg-binary,psutil,pyyaml';
const REQUIREMENTS = [`patroni[etcd3]==${VERSION}`, 'psycopg[binary]>=3.1,<4'];

/** Fails when a module of what we use is missing; prints the version else. */
const TELL_VERSION = 'import patroni.dcs.etcd3, psycopg; from patroni.version import __version__; print(__version__)';
/** Prints the folder that a system-wide Patroni lies in, if there is one. */
const TELL_FOLDER =
  'import importlib.util, os; s = importlib.util.find_spec("patroni"); ' +
  'print(os.path.dirname(os.path.dirname(s.origin)) if s and s.origin else "")';

/**
 * Patroni from PyPI, with what it needs for etcd and PostgreSQL. `path` is the folder of the Python modules, for
 * PYTHONPATH; `python` runs them, also under the user whom PostgreSQL runs as.
 */
export const PATRONI: ComponentSource<'patroni'> = {
  name: 'patroni',
  neededVersion: `${NEEDED} or newer, with etcd3 and psycopg`,
  installedVersion: VERSION,
  approximateBytes: 41_000_000,
  howToGetIt: 'apt-get install patroni, or set CHAOS_PATRONI_HOME to the folder of pip install --target',
  installers: PYTHON_INSTALLERS,
  candidates: patroniCandidates,
  pathInCache: (folder) => folder,
  async inspect({ origin, path }, { env }) {
    const search = await findServerPython(env);
    if (!search.found) return { usable: false, reason: search.reason, remedy: PYTHON_REMEDY };
    const { python } = search;
    const options = { env: { ...env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1' }, cwd: '/' };
    const version = await programOutput(python, ['-c', TELL_VERSION], options).then(
      (output) => output.trim().split('\n').at(-1),
      () => undefined,
    );
    if (version === undefined) return { usable: false, reason: `${path} holds no Patroni that ${python} can use` };
    if (!isAtLeast(version, NEEDED)) {
      return { usable: false, reason: `${path} is Patroni ${version}, needed is ${NEEDED} or newer` };
    }
    return { usable: true, installation: { origin, version, path, libraryFolders: [], python } };
  },
  install: installFromPypi,
};

async function patroniCandidates({ env }: Surroundings): Promise<readonly Candidate[]> {
  const configured = env.CHAOS_PATRONI_HOME;
  const systemWide = await systemFolder(env);
  return [
    ...(configured ? [{ origin: 'configured' as const, path: configured, variable: 'CHAOS_PATRONI_HOME' }] : []),
    ...(systemWide ? [{ origin: 'path' as const, path: systemWide }] : []),
  ];
}

async function systemFolder(env: Surroundings['env']): Promise<string> {
  const search = await findServerPython(env);
  if (!search.found) return '';
  const output = await programOutput(search.python, ['-c', TELL_FOLDER], { env, cwd: '/' }).catch(() => '');
  return output.trim();
}

/** Wheels fit one Python, so it is the server's Python that they are chosen for, whoever has pip. */
async function installFromPypi(folder: string, tools: InstallTools): Promise<void> {
  const { env } = tools.surroundings;
  const search = await findServerPython(env);
  if (!search.found) throw new Error(search.reason);
  const { python } = search;
  const hasPip = await programOutput(python, ['-m', 'pip', '--version'], { env }).then(
    () => true,
    () => false,
  );
  const [command, target] = hasPip
    ? [python, []]
    : [(await findOnPath('python3', env)) ?? python, ['--python', python]];
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', '--no-cache-dir', ...target, 'install'];
  tools.report(`installing ${REQUIREMENTS[0]} from PyPI`);
  await tools.run(command, [...pip, '--only-binary', NATIVE, '--target', folder, ...REQUIREMENTS], { cwd: folder });
}
