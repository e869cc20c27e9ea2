import { expect, test } from 'vitest';
import type { SagaPoint } from '../model/fault-schedule.ts';
import { SagaMoments } from './saga-moments.ts';

const CHARGED: SagaPoint = { participant: 'payment', action: 'charge', point: 'effect-committed' };
const never = new AbortController().signal;
const LONG_MS = 60_000;

test('whoever waits for a point goes on when that saga reaches that point, and no other', async () => {
  const moments = new SagaMoments();
  let isOver = false;
  const waited = moments.wait('a', CHARGED, never, LONG_MS).then(() => {
    isOver = true;
  });
  moments.offer({ ...CHARGED, sagaId: 'b' });
  moments.offer({ ...CHARGED, point: 'command-sent', sagaId: 'a' });
  await Promise.resolve();
  expect(isOver).toBe(false);
  moments.offer({ ...CHARGED, sagaId: 'a' });
  await waited;
});

test('a point that was reached before is not waited for', async () => {
  const moments = new SagaMoments();
  moments.offer({ ...CHARGED, sagaId: 'a' });
  await moments.wait('a', CHARGED, never, LONG_MS);
});

test('several wait for one point', async () => {
  const moments = new SagaMoments();
  const waited = [1, 2].map(() => moments.wait('a', CHARGED, never, LONG_MS));
  moments.offer({ ...CHARGED, sagaId: 'a' });
  await Promise.all(waited);
});

test('nobody waits for longer than the patience, or than the storm', async () => {
  const moments = new SagaMoments();
  await moments.wait('refused', CHARGED, never, 5);
  await moments.wait('refused', CHARGED, AbortSignal.abort(), LONG_MS);
});

test('when nobody watches any more, nobody waits', async () => {
  const moments = new SagaMoments();
  const waited = moments.wait('a', CHARGED, never, LONG_MS);
  moments[Symbol.dispose]();
  await waited;
  await moments.wait('b', CHARGED, never, LONG_MS);
});
