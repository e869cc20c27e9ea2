import { readFile } from 'node:fs/promises';

/** State letter of a process as the kernel tells it (proc(5): `T` stopped by a signal, `Z` dead), `gone` without an entry. */
export async function processState(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in parentheses and may itself hold some; the state follows the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return 'gone';
    throw error;
  }
}
