import { expect, it } from 'vitest';
import { parseDuration } from './parse-duration.ts';

it.each([
  ['45s', 45_000],
  ['1500ms', 1_500],
  ['2m', 120_000],
  ['30', 30_000],
  ['0.5s', 500],
])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

it.each(['', 's', '-1s', '1h', '1 2'])('refuses "%s"', (text) => {
  expect(() => parseDuration(text)).toThrow(`"${text}" is not a duration`);
});
