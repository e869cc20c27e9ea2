import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdTable } from './id-table.ts';

it('numbers ids as a map would, however many more there are than expected', () => {
  const id = fc.oneof(fc.string({ maxLength: 3 }), fc.uuid());
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), fc.array(id), fc.nat(50), (added, asked, expected) => {
      const table = new IdTable(expected);
      const map = new Map<string, number>();
      for (const one of added) {
        const number = map.get(one) ?? map.size;
        map.set(one, number);
        expect(table.add(one)).toBe(number);
      }
      expect(table.size).toBe(map.size);
      for (const one of [...added, ...asked]) expect(table.find(one)).toBe(map.get(one) ?? -1);
    }),
  );
});

it('finds nothing in an empty table', () => {
  expect(new IdTable(0).find('')).toBe(-1);
});
