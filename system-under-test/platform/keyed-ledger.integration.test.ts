import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KeyedLedger } from './keyed-ledger.ts';

const entrySchema = z.object({ seq: z.number(), key: z.string(), amount: z.number() });
type Entry = z.infer<typeof entrySchema>;

let folder: string;
let path: string;
let failures: Error[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyed-ledger-'));
  path = join(folder, 'ledger.ndjson');
  failures = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openSums = () =>
  KeyedLedger.open<number, Entry>({
    path,
    parse: (value) => entrySchema.parse(value),
    keyOf: (entry) => entry.key,
    empty: 0,
    apply: (sum, entry) => sum + entry.amount,
    onFailure: (error) => failures.push(error),
  });

describe('KeyedLedger', () => {
  it('decides requests with one key one after the other, and remembers them over a restart', async () => {
    {
      await using ledger = await openSums();
      const once = (key: string) => ledger.update(key, (sum, seq) => (sum === 0 ? { seq, key, amount: 5 } : undefined));
      expect(await Promise.all([once('a'), once('a'), once('b'), once('a')])).toEqual([5, 5, 5, 5]);
      expect(ledger.entries()).toEqual([
        { seq: 1, key: 'a', amount: 5 },
        { seq: 2, key: 'b', amount: 5 },
      ]);
    }
    await using ledger = await openSums();
    expect(await ledger.update('a', () => undefined)).toBe(5);
    await ledger.update('a', (_, seq) => ({ seq, key: 'a', amount: 2 }));
    expect(ledger.entries().at(-1)).toEqual({ seq: 3, key: 'a', amount: 2 });
  });

  it('does not replay an entry that is not durable yet', async () => {
    await using ledger = await openSums();
    const order: string[] = [];
    const first = ledger.update('a', (_, seq) => ({ seq, key: 'a', amount: 1 })).then(() => order.push('first'));
    const replay = ledger.update('a', () => undefined).then(() => order.push('replay'));
    expect(ledger.entries()).toEqual([]);
    await Promise.all([first, replay]);
    expect(order).toEqual(['first', 'replay']);
  });

  it.each([
    ['not JSON', '{"seq":1,"key":"a","amount":1}\nrubbish\n', ':2 is not a ledger entry'],
    ['another shape', '{"seq":1,"key":"a"}\n', ':1 is not a ledger entry'],
    ['a missing line', '{"seq":2,"key":"a","amount":1}\n', ':1 is not a ledger entry'],
  ])('refuses a ledger with %s', async (_, content, message) => {
    await writeFile(path, content);
    await expect(openSums()).rejects.toThrow(message);
  });

  it('reports a file that cannot be written and answers nothing that rests on it', async () => {
    const ledger = await openSums();
    await ledger[Symbol.asyncDispose]();
    await expect(ledger.update('a', (_, seq) => ({ seq, key: 'a', amount: 1 }))).rejects.toThrow('closed');
    await expect(ledger.update('a', () => undefined)).rejects.toThrow('closed');
    expect(failures).toHaveLength(1);
    expect(ledger.entries()).toEqual([]);
  });
});
