import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PLANTED_HERE, type Planting, unplantedModules } from './plant-environment.ts';

const MODULES = ['inbox', 'relay', 'patroni-settings'].map((name) => `system-under-test/${name}.ts`);
const [INBOX = '', RELAY = '', SETTINGS = ''] = MODULES;
const defect = { replacements: [...MODULES, INBOX].map((module) => ({ module, find: 'a', replace: 'b' })) };
const planting = (module: string): Planting => ({ defect: 'two-parts', module, pid: 1 });
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plantings-'));
  log = join(folder, 'plantings.ndjson');
});
afterEach(() => {
  PLANTED_HERE.length = 0;
  rmSync(folder, { recursive: true });
});

test('without a log every module is missing, each once', () => {
  expect(unplantedModules(defect, log)).toEqual(MODULES);
});

test('a module that no process loaded is missing, though others were planted here and elsewhere', () => {
  writeFileSync(log, [INBOX, INBOX].map((module) => `${JSON.stringify(planting(module))}\n`).join(''));
  PLANTED_HERE.push(planting(SETTINGS));
  expect(unplantedModules(defect, log)).toEqual([RELAY]);
  PLANTED_HERE.push(planting(RELAY));
  expect(unplantedModules(defect, log)).toEqual([]);
});
