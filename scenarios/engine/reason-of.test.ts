import { expect, test } from 'vitest';
import { reasonOf } from './reason-of.ts';

test('takes the first line of an error, and not too much of it', () => {
  expect(reasonOf(new Error('payment is not ready\n{"level":50}\n'))).toBe('payment is not ready');
  const timedOut = Object.assign(new Error('The operation was aborted'), {
    name: 'AbortError',
    cause: new Error('too late'),
  });
  expect(reasonOf(timedOut)).toBe('too late');
  expect(reasonOf('text')).toBe('text');
  expect(reasonOf(new Error('x'.repeat(1_000)))).toHaveLength(301);
});
