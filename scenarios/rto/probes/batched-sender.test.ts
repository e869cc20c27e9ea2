import { expect, it } from 'vitest';
import { BatchedSender } from './batched-sender.ts';

const forever = new AbortController().signal;

it('has one batch outstanding and gathers the rest, in order', async () => {
  const batches: (readonly string[])[] = [];
  const gates: (() => void)[] = [];
  const sender = new BatchedSender((keys) => {
    batches.push(keys);
    return new Promise((resolve) => gates.push(resolve));
  });
  const sent = ['a', 'b', 'c'].map((key) => sender.send(key, forever));
  expect(batches).toEqual([['a']]);
  gates[0]?.();
  expect(await sent[0]).toBe('a');
  await expect.poll(() => batches).toEqual([['a'], ['b', 'c']]);
  gates[1]?.();
  expect(await Promise.all(sent)).toEqual(['a', 'b', 'c']);
});

it('rejects what its batch rejects, and goes on', async () => {
  const sender = new BatchedSender(async (keys) => {
    if (keys.includes('bad')) throw new Error('no leader');
  });
  await expect(sender.send('bad', forever)).rejects.toThrow('no leader');
  expect(await sender.send('good', forever)).toBe('good');
});

it('never sends what was given up while it waited', async () => {
  const batches: (readonly string[])[] = [];
  const gate = Promise.withResolvers<void>();
  const sender = new BatchedSender((keys) => {
    batches.push(keys);
    return gate.promise;
  });
  const first = sender.send('first', forever);
  const given = new AbortController();
  const late = sender.send('late', given.signal);
  given.abort(new Error('too late'));
  await expect(late).rejects.toThrow('too late');
  gate.resolve();
  await first;
  expect(batches).toEqual([['first']]);
});
