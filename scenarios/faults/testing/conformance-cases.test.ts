import { expect, test } from 'vitest';
import { FAULTS, faultNamed, UNCONDITIONAL_FAULTS } from '../catalog.ts';
import { CASES_AT_REST, CASES_AT_WORK, CASES_ON_CLUSTER } from './conformance-cases.ts';

const cases = [...CASES_AT_REST, ...CASES_AT_WORK, ...CASES_ON_CLUSTER];

test('the conformance kit tries every fault', () => {
  const tried = [...UNCONDITIONAL_FAULTS.map(({ name }) => name), ...cases.map(([name]) => name)];
  expect(new Set(tried)).toEqual(new Set(FAULTS.map(({ name }) => name)));
});

test.each(cases)('%s understands %j', (name, params) => {
  expect(faultNamed(name).parse(params)).toEqual(params);
});
