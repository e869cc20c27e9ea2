import { type FileHandle, mkdir, open, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

const NEWLINE = 0x0a;

interface PendingLine {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lines that outlive `kill -9` and power loss: `append` resolves once the line is on the disk (fdatasync). Lines that
 * arrive while a sync is running share the next one (group commit). Appends keep their order.
 *
 * A failed write or sync is final: the file and its writer's memory may differ from then on, so every later append
 * rejects too and the owner should end its process (see "fsyncgate", PostgreSQL 2018: a retried fsync can lie).
 */
export class AppendOnlyFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  #pending: PendingLine[] = [];
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Opens the file, made when it is missing, and returns the complete lines that it holds. A last line without its
   * newline was torn by a crash before it was acknowledged: it is cut off, so that the next line starts clean.
   */
  static async open(path: string): Promise<{ file: AppendOnlyFile; lines: readonly string[] }> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a+');
    try {
      const content = await handle.readFile();
      const completeBytes = content.lastIndexOf(NEWLINE) + 1;
      if (completeBytes < content.length) await truncate(path, completeBytes);
      await handle.sync();
      await syncFolder(dirname(path));
      const lines = content.subarray(0, completeBytes).toString('utf8').split('\n').slice(0, -1);
      return { file: new AppendOnlyFile(handle), lines };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  append(line: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const written = new Promise<void>((resolve, reject) => {
      this.#pending.push({ line, resolve, reject });
    });
    this.#writing ??= this.#writePending();
    return written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    this.#failure ??= new Error('the file is closed');
    await this.#handle.close();
  }

  async #writePending(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#handle.appendFile(group.map(({ line }) => `${line}\n`).join(''));
        await this.#handle.datasync();
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
        for (const { reject } of group) reject(this.#failure);
      }
    }
    this.#writing = undefined;
  }
}

/** Makes a new file's name durable, not only its content. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
