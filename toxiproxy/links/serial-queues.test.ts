import { expect, it } from 'vitest';
import { SerialQueues } from './serial-queues.ts';

it('runs jobs of one key in order, also after one that failed, and other keys meanwhile', async () => {
  const queues = new SerialQueues();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queues.run('a', async () => {
    await gate.promise;
    log.push('a1');
    throw new Error('a1 failed');
  });
  const second = queues.run('a', async () => log.push('a2'));
  await queues.run('b', async () => log.push('b1'));
  gate.resolve();
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(log).toEqual(['b1', 'a1', 'a2']);
});
