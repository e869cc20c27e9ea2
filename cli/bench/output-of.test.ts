import { expect, it } from 'vitest';
import { outputOf } from './output-of.ts';

it('is what the script printed, whatever its exit code says of it', () => {
  expect(outputOf('chaos run', { exitCode: 1, stdout: '{}\n' })).toBe('{}\n');
});

it('names the script and its exit code when it printed nothing', () => {
  expect(() => outputOf('chaos run', { exitCode: 4, stdout: '\n' })).toThrow('chaos run ended with exit code 4');
});
