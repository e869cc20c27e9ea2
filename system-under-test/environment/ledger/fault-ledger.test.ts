import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultLedger } from './fault-ledger.ts';
import { decodeLedger, type FaultEntry, LedgerCorrupt, unhealed } from './ledger-codec.ts';

const entry = (id: string): FaultEntry => ({
  id,
  kind: 'pause',
  heal: [{ kind: 'resume', component: 'redis' }],
  leaseMs: 1_000,
});

describe('FaultLedger', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chaos-ledger-'));
    path = join(folder, 'ledger.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lists what was begun and not ended, also after it was opened again', () => {
    using first = new FaultLedger(path);
    for (const id of ['a', 'b', 'c']) first.begin(entry(id));
    first.end('b', 'owner');
    first.end('b', 'keeper');
    using second = new FaultLedger(path);
    expect(second.open().map(({ id }) => id)).toEqual(['a', 'c']);
    expect(second.open()[0]?.heal).toEqual([{ kind: 'resume', component: 'redis' }]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('refuses an id that is still open and takes it again once it is healed', () => {
    using ledger = new FaultLedger(path);
    ledger.begin(entry('a'));
    expect(() => ledger.begin(entry('a'))).toThrow('not yet healed');
    ledger.end('a', 'owner');
    ledger.begin(entry('a'));
    expect(ledger.open()).toHaveLength(1);
  });

  it('reports a line in the middle that is not its own', () => {
    writeFileSync(path, 'nonsense\n{"type":"end","id":"a"}\n');
    expect(() => new FaultLedger(path)).toThrow(LedgerCorrupt);
  });

  it('is readable and writable again after being cut at any byte', () => {
    using ledger = new FaultLedger(path);
    for (const id of ['a', 'b']) ledger.begin(entry(id));
    ledger.end('a', 'owner');
    const whole = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(whole.length), (bytes) => {
        writeFileSync(path, whole);
        truncateSync(path, bytes);
        using cut = new FaultLedger(path);
        const complete = whole.subarray(0, bytes).toString().split('\n').length - 1;
        expect(cut.open().map(({ id }) => id)).toEqual([[], ['a'], ['a', 'b'], ['b']][complete]);
        cut.begin(entry('z'));
        expect(unhealed(decodeLedger(readFileSync(path, 'utf8'))).at(-1)?.id).toBe('z');
      }),
      { numRuns: 60 },
    );
  });

  it('drops a torn last line that was written by nobody of ours', () => {
    using ledger = new FaultLedger(path);
    ledger.begin(entry('a'));
    appendFileSync(path, '{"type":"end","id":"a"');
    using again = new FaultLedger(path);
    expect(again.open().map(({ id }) => id)).toEqual(['a']);
  });
});
