import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { INVARIANTS } from '#invariants/checkers/catalog.ts';
import { SCENARIOS } from '../catalog/index.ts';
import { verifyDefects } from './verify-defects.ts';

it('holds at least 25 defects, and each fits the code as it is now', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const catalog = fileURLToPath(new URL('catalog', import.meta.url));
  const knownScenarios = SCENARIOS.map(({ name }) => name);
  const check = { catalog, root, knownInvariants: Object.keys(INVARIANTS), knownScenarios, minimum: 25 };
  expect(await verifyDefects(check)).toEqual([]);
});
