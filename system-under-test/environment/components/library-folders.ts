import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Folders below `root` that hold shared libraries, for LD_LIBRARY_PATH; empty when `root` does not exist. */
export async function libraryFoldersIn(root: string): Promise<readonly string[]> {
  const files = await readdir(root, { recursive: true }).catch(() => [] as string[]);
  const libraries = files.filter((file) => /\.so(\.\d+)*$/.test(file));
  return [...new Set(libraries.map((file) => join(root, dirname(file))))].sort();
}

/** Environment in which a program of an installation finds its libraries. */
export function libraryEnvironment(folders: readonly string[]): Readonly<Record<string, string>> {
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(':') };
}
