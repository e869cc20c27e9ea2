import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyDefects } from './verify-defects.ts';

const MODULE = 'system-under-test/platform/inbox.ts';

describe('verifyDefects', () => {
  let root: string;
  let catalog: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'verify-'));
    catalog = join(root, 'catalog');
    mkdirSync(catalog);
    mkdirSync(join(root, 'system-under-test/platform'), { recursive: true });
    writeFileSync(
      join(root, MODULE),
      'export const isSeen = (id: string): boolean => ids.has(id);\nconst ids = new Set();\n',
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (change: {
    find?: string;
    replace?: string;
    module?: string;
    invariants?: string[];
    scenario?: string;
  }): void => {
    const { invariants = ['effects-exactly-once'], scenario, ...replacement } = change;
    const replacements = [{ module: MODULE, find: 'ids.has(id)', replace: 'false', ...replacement }];
    writeFileSync(
      join(catalog, 'seed.json'),
      JSON.stringify({ name: 'seed', summary: 's', invariants, scenario, replacements }),
    );
  };
  const verify = (minimum = 1) =>
    verifyDefects({
      catalog,
      root,
      knownInvariants: ['effects-exactly-once'],
      knownScenarios: ['saga-recovery'],
      minimum,
    });

  it('accepts a defect that fits', async () => {
    put({});
    expect(await verify()).toEqual([]);
  });

  it.each([
    [{ find: 'gone' }, /seed: system-under-test\S+: the text "gone" is not there/],
    [{ find: 'ids' }, /more than once/],
    [{ replace: 'ids.has(' }, /does not parse when planted/],
    [{ find: 'export const', replace: 'enum A { b }\nconst' }, /does not parse when planted: .*enum/],
    [{ module: 'system-under-test/nowhere.ts' }, /there is no such module/],
    [{ invariants: ['effects-twice'] }, /unknown invariant effects-twice/],
    [{ scenario: 'weather' }, /unknown scenario weather/],
    [{ replace: 'ids.has(id)' }, /replace must differ/],
  ])('reports %o', async (change, problem) => {
    put(change);
    expect(await verify()).toEqual([expect.stringMatching(problem)]);
  });

  it('reports a catalogue with too few entries', async () => {
    expect(await verify(1)).toEqual([expect.stringMatching(/0 defects, at least 1 are needed/)]);
    put({});
    expect(await verify(2)).toEqual([expect.stringMatching(/1 defects, at least 2 are needed/)]);
  });
});
