import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Surroundings } from '../surroundings.ts';

/** A temporary folder with an empty PATH and an empty cache in it, removed when disposed of. */
export class ScratchFolder implements AsyncDisposable {
  readonly path: string;
  readonly bin: string;

  private constructor(path: string) {
    this.path = path;
    this.bin = join(path, 'bin');
  }

  static async create(): Promise<ScratchFolder> {
    const folder = new ScratchFolder(await mkdtemp(join(tmpdir(), 'chaos-scratch-')));
    await mkdir(folder.bin);
    return folder;
  }

  /** Root is false: a search must not depend on who runs the tests. */
  surroundings(env: Readonly<Record<string, string>> = {}): Surroundings {
    return { env: { PATH: this.bin, ...env }, cacheRoot: join(this.path, 'cache'), isRoot: false };
  }

  /** Writes an executable shell script; `path` is relative to this folder. */
  async script(path: string, body: string): Promise<string> {
    const file = join(this.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
