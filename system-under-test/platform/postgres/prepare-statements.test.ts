import { expect, test } from 'vitest';
import { prepareStatements } from './prepare-statements.ts';

/** A connection that keeps what the driver would be asked. */
function preparing() {
  const asked: unknown[][] = [];
  const client = { query: (...args: unknown[]) => asked.push(args) };
  prepareStatements(client);
  return { client, asked };
}

test('a statement with parameters has one name on every connection, and another statement another', () => {
  const [first, second] = [preparing(), preparing()];
  first.client.query('select $1', [1]);
  first.client.query('select $1, 2', [1]);
  second.client.query('select $1', [2]);

  const [[one], [other]] = [first.asked[0] ?? [], first.asked[1] ?? []];
  expect(one).toEqual({ name: expect.any(String), text: 'select $1', values: [1] });
  expect(other).not.toHaveProperty('name', Object(one).name);
  expect(second.asked[0]).toEqual([{ name: Object(one).name, text: 'select $1', values: [2] }]);
});

test('several statements in one text, and what has a form of its own, go as they are', () => {
  const { client, asked } = preparing();
  client.query('begin; select 1');
  client.query({ text: 'select $1', values: [1] });
  expect(asked).toEqual([['begin; select 1'], [{ text: 'select $1', values: [1] }]]);
});
