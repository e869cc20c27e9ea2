import { expect, it } from 'vitest';
import { WakeSignal } from './wake-signal.ts';

const forever = new AbortController().signal;

it('remembers a wake-up that comes before the wait', async () => {
  const signal = new WakeSignal();
  signal.wake();
  const start = performance.now();
  await signal.wait(10_000, forever);
  expect(performance.now() - start).toBeLessThan(500);
});

it('forgets it once it was waited for', async () => {
  const signal = new WakeSignal();
  signal.wake();
  await signal.wait(10_000, forever);
  const start = performance.now();
  await signal.wait(30, forever);
  expect(performance.now() - start).toBeGreaterThan(20);
});

it('ends the wait when woken or aborted', async () => {
  const signal = new WakeSignal();
  const woken = signal.wait(10_000, forever);
  signal.wake();
  await woken;
  const abort = new AbortController();
  const aborted = signal.wait(10_000, abort.signal);
  abort.abort();
  await aborted;
});
