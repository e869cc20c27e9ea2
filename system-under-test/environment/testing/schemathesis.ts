import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openCache, openDraft, publish } from '../components/cache-folder.ts';
import { takeFileLock } from '../components/file-lock.ts';
import { programOutput } from '../components/program-output.ts';
import { runInstaller } from '../components/run-installer.ts';
import { currentSurroundings } from '../components/surroundings.ts';

const VERSION = '4.32.5';
/** What its own launcher does; the launcher names the Python of a draft folder. */
const MAIN = 'from schemathesis.cli import schemathesis; schemathesis()';
const TELL_VERSION = 'from importlib.metadata import version; import schemathesis.cli; print(version("schemathesis"))';
/** Wheels with native code fit one Python. */
const TELL_PYTHON = 'import sys; print("%d.%d" % sys.version_info[:2])';

/** https://schemathesis.readthedocs.io: makes requests from an OpenAPI document and checks the answers against it. */
export interface Schemathesis {
  /** Its command line; resolves to the exit code and everything that it printed. Killed when the signal aborts. */
  run(args: readonly string[], signal: AbortSignal): Promise<{ readonly code: number | null; readonly output: string }>;
}

/**
 * Finds Schemathesis in the cache of the servers, or installs it there from PyPI.
 * @throws InstallerFailed with what pip said
 */
export async function ensureSchemathesis(signal: AbortSignal): Promise<Schemathesis> {
  const { env, cacheRoot } = currentSurroundings();
  const python = (await programOutput('python3', ['-c', TELL_PYTHON], { env })).trim();
  const folder = join(cacheRoot, `schemathesis-${VERSION}-python-${python}`);
  const isThere = async (path: string): Promise<boolean> =>
    programOutput('python3', ['-c', TELL_VERSION], { env: { ...env, PYTHONPATH: path }, timeoutMs: 60_000 }).then(
      (version) => version.trim() === VERSION,
      () => false,
    );
  await openCache(cacheRoot);
  await using _ = await takeFileLock(`${folder}.lock`, { signal });
  if (!(await isThere(folder))) {
    await using draft = await openDraft(cacheRoot);
    const target = join(draft.path, 'schemathesis');
    await mkdir(target);
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', '--no-cache-dir', 'install'];
    await runInstaller('python3', [...pip, '--target', target, `schemathesis==${VERSION}`], {
      ...{ cwd: draft.path, env: { ...env, LC_ALL: 'C' }, signal },
      logFile: join(cacheRoot, 'schemathesis-install.log'),
    });
    if (!(await isThere(target))) throw new Error(`pip installed something that is not Schemathesis ${VERSION}`);
    await publish(target, folder, draft.path);
  }
  return {
    run: async (args, runSignal) => {
      const child = spawn('python3', ['-c', MAIN, ...args], {
        env: { ...env, PYTHONPATH: folder, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: runSignal,
        killSignal: 'SIGKILL',
      });
      const exited = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
      return { code, output: out + err };
    },
  };
}
