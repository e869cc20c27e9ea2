import { randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from './has-code.ts';

/** Who holds a lock. `bootTicks` tells a process from a later one with the same pid. */
interface Holder {
  readonly pid: number;
  readonly bootTicks: string;
  readonly token: string;
}

const POLL_MS = 200;

/**
 * Takes the lock `path`, waiting for a living holder until the signal aborts; the lock of a dead process is taken
 * over. Disposing gives it back. The lock only saves work: two processes that both believe to hold it (one took
 * over while another did) install twice, and the atomic rename at the end keeps one of the two.
 */
export async function takeFileLock(
  path: string,
  options: { readonly signal: AbortSignal; readonly onWait?: (holderPid: number) => void },
): Promise<AsyncDisposable> {
  const mine: Holder = { pid: process.pid, bootTicks: await startOf(process.pid), token: randomUUID() };
  for (;;) {
    options.signal.throwIfAborted();
    if (await create(path, mine)) return { [Symbol.asyncDispose]: () => release(path, mine) };
    const holder = await read(path);
    if (holder === undefined) continue;
    if (await isAlive(holder)) {
      options.onWait?.(holder.pid);
      await delay(POLL_MS, undefined, { signal: options.signal });
    } else {
      await release(path, holder);
    }
  }
}

/** Writes the lock beside its place and links it there: a reader never sees a lock that is half written. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.token}`;
  await writeFile(draft, JSON.stringify(holder), { flag: 'w' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    // Torn by a power cut: nobody holds it.
    if (error instanceof SyntaxError) return { pid: 0, bootTicks: '', token: '' };
    throw error;
  }
}

async function release(path: string, holder: Holder): Promise<void> {
  const current = await read(path);
  if (current !== undefined && current.token === holder.token) await unlink(path).catch(() => {});
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false;
  }
  return (await startOf(holder.pid)) === holder.bootTicks;
}

/** Start time of a process in clock ticks since boot (proc(5), field 22); '' where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command name is in parentheses and may contain anything; fields are counted after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
