import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendOnlyFile } from './append-only-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'append-only-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('AppendOnlyFile', () => {
  it('keeps concurrent lines in the order of their appends and returns them when it is opened again', async () => {
    const path = join(folder, 'deep', 'ledger.ndjson');
    const lines = Array.from({ length: 50 }, (_, n) => `line ${n}`);
    {
      const { file, lines: before } = await AppendOnlyFile.open(path);
      await using _ = file;
      expect(before).toEqual([]);
      await Promise.all(lines.map((line) => file.append(line)));
    }
    const { file, lines: after } = await AppendOnlyFile.open(path);
    await file[Symbol.asyncDispose]();
    expect(after).toEqual(lines);
  });

  it('cuts a torn last line off, so that the next line is whole', async () => {
    const path = join(folder, 'ledger.ndjson');
    await appendFile(path, 'whole\nto');
    const { file, lines } = await AppendOnlyFile.open(path);
    await file.append('next');
    await file[Symbol.asyncDispose]();
    expect(lines).toEqual(['whole']);
    expect(await readFile(path, 'utf8')).toBe('whole\nnext\n');
  });

  it('finishes pending lines before it closes, and refuses later ones', async () => {
    const path = join(folder, 'ledger.ndjson');
    const { file } = await AppendOnlyFile.open(path);
    const pending = [file.append('a'), file.append('b')];
    await file[Symbol.asyncDispose]();
    await Promise.all(pending);
    await expect(file.append('late')).rejects.toThrow('closed');
    expect(await readFile(path, 'utf8')).toBe('a\nb\n');
  });
});
