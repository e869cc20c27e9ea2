import { expect, test } from 'vitest';
import { eventually, NotInTime } from './eventually.ts';

const signal = new AbortController().signal;

test('resolves to what was seen, though earlier checks missed it or threw', async () => {
  let calls = 0;
  const seen = await eventually(
    'third call',
    async () => {
      calls += 1;
      if (calls === 1) throw new Error('refused');
      return calls === 3 ? { seen: 'it' } : { missing: 'nothing' };
    },
    { timeoutMs: 1_000, intervalMs: 1, signal },
  );
  expect(seen).toBe('it');
  expect(calls).toBe(3);
});

test('rejects with what was seen instead when the time is over', async () => {
  const never = eventually('postgres up', async () => ({ missing: 'exited' }), { timeoutMs: 5, intervalMs: 1, signal });
  await expect(never).rejects.toThrow(NotInTime);
  await expect(never).rejects.toThrow('postgres up: not within 5 ms; last seen: exited');
});

test('stops with the reason of the signal', async () => {
  const controller = new AbortController();
  const waiting = eventually('never', async () => ({ missing: '' }), { timeoutMs: 60_000, signal: controller.signal });
  controller.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow();
});
