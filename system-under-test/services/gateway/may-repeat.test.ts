import { expect, it } from 'vitest';
import { INVENTORY_ENDPOINTS } from '#sut/contract/endpoints/inventory.ts';
import { SAGA_ENDPOINTS } from '#sut/contract/endpoints/saga.ts';
import { isIdempotent, mayRepeat } from './may-repeat.ts';

it.each([
  ['refused', true, true],
  ['refused', false, true],
  ['connection', true, true],
  ['connection', false, false],
  ['timeout', true, true],
  ['timeout', false, false],
  ['aborted', true, false],
] as const)('a request that met %s (idempotent: %s) may be repeated: %s', (kind, idempotent, may) => {
  expect(mayRepeat(kind, idempotent)).toBe(may);
});

it('reads are idempotent, and writes only under a key that their endpoint honours', () => {
  const key = { 'idempotency-key': 'k' };
  expect(isIdempotent(SAGA_ENDPOINTS.status, {})).toBe(true);
  expect(isIdempotent(SAGA_ENDPOINTS.pay, key)).toBe(true);
  expect(isIdempotent(SAGA_ENDPOINTS.pay, {})).toBe(false);
  expect(isIdempotent(INVENTORY_ENDPOINTS.reserve, key)).toBe(false);
});
