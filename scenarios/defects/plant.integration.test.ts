import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plantEnvironment, readPlantings } from './plant-environment.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODULE = 'system-under-test/contract/settings.ts';
const PROGRAM = `
  import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
  import { COMPONENTS } from '#sut/contract/components.ts';
  console.log(SETTING_DEFAULTS.stepTimeoutMs, SETTINGS.peerUrl('a-b'), COMPONENTS.order.defaultPort);
`;

describe('a process with plant.ts loaded', () => {
  let folder: string;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plant-'));
    log = join(folder, 'plantings.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (replacement: { find: string; replace: string }, change: Record<string, string | undefined> = {}) => {
    const defectFile = join(folder, 'defect.json');
    const replacements = [{ module: MODULE, ...replacement }];
    writeFileSync(defectFile, JSON.stringify({ name: 'slow-steps', summary: 's', invariants: ['i'], replacements }));
    const planted = plantEnvironment({ defectFile, log });
    const args = [...planted.execArgv, '--input-type=module', '--eval', PROGRAM];
    const env = { ...process.env, ...planted.env, ...change };
    return promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: 20_000, env });
  };

  it('runs the changed source, types and all, and nothing else is changed', async () => {
    const { stdout } = await run({ find: 'stepTimeoutMs: 5_000', replace: 'stepTimeoutMs: 7_000 satisfies number' });
    expect(stdout).toBe('7000 A_B_URL 8001\n');
    expect(readPlantings(log)).toEqual([{ defect: 'slow-steps', module: MODULE, pid: expect.any(Number) }]);
  });

  it('says so on stderr when there is no log', async () => {
    const change = { find: 'stepTimeoutMs: 5_000', replace: 'stepTimeoutMs: 8_000' };
    const { stdout, stderr } = await run(change, { CHAOS_DEFECT_LOG: undefined });
    expect(stderr).toBe(`defect slow-steps planted in ${MODULE}\n`);
    expect(stdout).toMatch(/^8000 /);
  });

  it.each([
    ['no such text', /"no such text" is not there/],
    ['const', /"const" stands there more than once/],
  ])('stops a process in which the text %j does not fit', async (find, what) => {
    const failed = run({ find, replace: 'x' });
    await expect(failed).rejects.toThrow(what);
    await expect(failed).rejects.toThrow(`${MODULE}, which has changed since`);
    expect(readPlantings(log)).toEqual([]);
  });

  it('stops a process whose defect file is missing', async () => {
    const missing = join(folder, 'missing.json');
    await expect(run({ find: 'a', replace: 'b' }, { CHAOS_DEFECT: missing })).rejects.toThrow(/missing\.json/);
  });
});
