import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAtLeast, javaVersionIn, versionIn } from './version.ts';

test.each([
  ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
  ['db version v6.0.5\nBuild Info: {', '6.0.5'],
  ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '7.0.15'],
  ['toxiproxy-server version 2.5.0', '2.5.0'],
  ['toxiproxy-server version git', undefined],
])('versionIn(%j) is %j', (text, version) => {
  expect(versionIn(text)).toBe(version);
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', '17.0.15'],
  ['openjdk version "21" 2023-09-19', '21'],
  ['java version "1.8.0_402"', '1.8.0_402'],
  ['no such command', undefined],
])('javaVersionIn(%j) is %j', (text, version) => {
  expect(javaVersionIn(text)).toBe(version);
});

test('Java 8 calls itself 1.8 and is older than 17', () => {
  expect(isAtLeast('1.8.0_402', '17')).toBe(false);
});

test('versions are compared number by number, not letter by letter', () => {
  expect(isAtLeast('15.18', '15.9')).toBe(true);
  expect(isAtLeast('9.6', '15')).toBe(false);
  expect(isAtLeast('15', '15.0')).toBe(true);
});

test('of two versions that differ exactly one is at least the other', () => {
  const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.'));
  fc.assert(
    fc.property(version, version, (a, b) => {
      const isEqual = isAtLeast(a, b) && isAtLeast(b, a);
      const trimmed = (text: string) => text.replace(/(\.0)+$/, '');
      expect(isEqual).toBe(trimmed(a) === trimmed(b));
      expect(isAtLeast(a, b) || isAtLeast(b, a)).toBe(true);
    }),
  );
});
