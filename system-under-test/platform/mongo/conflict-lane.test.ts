import { expect, it } from 'vitest';
import { ConflictLane } from './conflict-lane.ts';

it('runs one at a time, in order, also after one that has failed', async () => {
  const lane = new ConflictLane();
  const seen: string[] = [];
  const first = Promise.withResolvers<string>();
  const turns = [
    lane.run(() => first.promise),
    lane.run(async () => {
      seen.push('second');
      throw new Error('boom');
    }),
    lane.run(async () => {
      seen.push('third');
      return 'c';
    }),
  ];
  await Promise.resolve();
  expect(seen).toEqual([]);
  first.resolve('a');
  expect(await Promise.allSettled(turns)).toMatchObject([
    { value: 'a' },
    { reason: expect.objectContaining({ message: 'boom' }) },
    { value: 'c' },
  ]);
  expect(seen).toEqual(['second', 'third']);
});
