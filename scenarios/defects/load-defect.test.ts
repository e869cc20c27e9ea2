import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DefectUnreadable } from './defect-unreadable.ts';
import { listDefects, loadDefect } from './load-defect.ts';

const DEFECT = {
  name: 'no-inbox',
  summary: 'Messages are handled again',
  invariants: ['effects-exactly-once'],
  replacements: [{ module: 'system-under-test/platform/inbox.ts', find: 'seen', replace: 'false' }],
};
/** As it is read: the scenario has a default. */
const READ = { ...DEFECT, scenario: 'saga-recovery' };

describe('loadDefect', () => {
  let catalog: string;
  const put = (name: string, content: unknown): string => {
    const file = join(catalog, `${name}.json`);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  beforeAll(() => {
    catalog = mkdtempSync(join(tmpdir(), 'defects-'));
    put('no-inbox', DEFECT);
    put('misnamed', DEFECT);
    put('torn', '{"name":');
  });
  afterAll(() => rmSync(catalog, { recursive: true }));

  it('reads by name and by path', async () => {
    const file = join(catalog, 'no-inbox.json');
    expect(await loadDefect('no-inbox', catalog)).toEqual({ defect: READ, file });
    expect(await loadDefect(file)).toEqual({ defect: READ, file });
  });

  it('lists the names; a missing folder is an empty catalogue', async () => {
    expect(await listDefects(catalog)).toEqual(['misnamed', 'no-inbox', 'torn']);
    expect(await listDefects(join(catalog, 'missing'))).toEqual([]);
  });

  it('suggests names for one that it does not know', async () => {
    const error = await loadDefect('no-inbx', catalog).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DefectUnreadable);
    expect(error).toMatchObject({ file: 'no-inbx', todo: expect.stringMatching(/Did you mean no-inbox/) });
    await expect(loadDefect('x', join(catalog, 'missing'))).rejects.toThrow(/catalogue is empty/);
  });

  it('says what is wrong with a file', async () => {
    await expect(loadDefect(join(catalog, 'absent.json'))).rejects.toThrow(/there is no such file/);
    await expect(loadDefect(`${catalog}/`)).rejects.toThrow(/cannot be read/);
    await expect(loadDefect('torn', catalog)).rejects.toThrow(/is not JSON/);
    await expect(loadDefect('misnamed', catalog)).rejects.toThrow(/its name is no-inbox/);
  });

  it.each([
    [{ ...DEFECT, name: 'No Inbox' }, /name: must be in kebab-case/],
    [{ ...DEFECT, invariants: [] }, /invariants/],
    [{ ...DEFECT, replacements: [] }, /replacements/],
    [{ ...DEFECT, when: 'never' }, /when/],
    [{ ...DEFECT, replacements: [{ ...DEFECT.replacements[0], replace: 'seen' }] }, /replace must differ/],
    [{ ...DEFECT, replacements: [{ ...DEFECT.replacements[0], module: 'invariants/x.ts' }] }, /system-under-test/],
    [{ ...DEFECT, replacements: [{ ...DEFECT.replacements[0], module: 'system-under-test/../x.ts' }] }, /module/],
  ])('refuses a defect that breaks the schema: %#', async (content, message) => {
    await expect(loadDefect(put('broken', content))).rejects.toThrow(message);
    rmSync(join(catalog, 'broken.json'));
  });
});
