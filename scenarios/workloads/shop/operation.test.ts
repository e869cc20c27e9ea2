import { expect, test } from 'vitest';
import { judgeExchange } from './operation.ts';

const operation = {
  output: (body: unknown) => {
    if (body !== 'the order') throw new Error('not what the contract promises');
    return { order_id: 'o-1' };
  },
};

test.each([
  [200, 'ok'],
  [201, 'ok'],
  [202, 'ok'],
  [400, 'fail'],
  [404, 'fail'],
  [409, 'fail'],
  [422, 'fail'],
  [408, 'info'],
  [429, 'info'],
  [302, 'info'],
  [500, 'info'],
  [502, 'info'],
  [503, 'info'],
] as const)('%i is %s', (status, type) => {
  expect(judgeExchange(operation, { status, body: 'the order' }).type).toBe(type);
});

test('no answer leaves the outcome open', () => {
  expect(judgeExchange(operation, { status: undefined, error: 'ECONNRESET' })).toEqual({
    type: 'info',
    error: 'ECONNRESET',
  });
});

test('a success that cannot be read leaves the outcome open: what happened is not known', () => {
  expect(judgeExchange(operation, { status: 201, body: 'half an ord' }).type).toBe('info');
});
