import { expect, it } from 'vitest';
import { Deadline } from '#sut/platform/time/deadline.ts';
import { AdmissionGate, OverloadedError } from './admission-gate.ts';

const never = new AbortController().signal;

/** A gate of one place, and work in it that ends when it is told to. */
function occupied() {
  const gate = new AdmissionGate('order', { maxRunning: 1, maxWaiting: 2 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = gate.run(new Deadline(10_000), never, () => promise);
  return { gate, first, endFirst: resolve };
}

it('lets one after the other in, also when one has failed', async () => {
  const { gate, first, endFirst } = occupied();
  const order: string[] = [];
  const failing = gate.run(new Deadline(10_000), never, async () => {
    order.push('second');
    throw new Error('the work failed');
  });
  const third = gate.run(new Deadline(10_000), never, async () => order.push('third'));
  expect(order).toEqual([]);
  endFirst();
  await first;
  await expect(failing).rejects.toThrow('the work failed');
  await third;
  expect(order).toEqual(['second', 'third']);
});

it('refuses what finds the queue full, and what waits in vain', async () => {
  const { gate, first, endFirst } = occupied();
  let ran = 0;
  const waiting = gate.run(new Deadline(20), never, async () => (ran += 1));
  const patient = gate.run(new Deadline(10_000), never, async () => (ran += 10));
  await expect(gate.run(new Deadline(10_000), never, async () => (ran += 100))).rejects.toThrow(OverloadedError);
  await expect(waiting).rejects.toThrow(OverloadedError);
  endFirst();
  await Promise.all([first, patient]);
  expect(ran).toBe(10);
});

it('does nothing for a caller who has hung up, and gives the place to the next', async () => {
  const { gate, first, endFirst } = occupied();
  const caller = new AbortController();
  const gone = gate.run(new Deadline(10_000), caller.signal, async () => 'ran');
  const next = gate.run(new Deadline(10_000), never, async () => 'ran');
  caller.abort();
  await expect(gone).rejects.toThrow(OverloadedError);
  endFirst();
  await first;
  expect(await next).toBe('ran');
});
