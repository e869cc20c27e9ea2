import { expect, test } from 'vitest';
import type { Ping } from './evidence/ping.ts';
import { sightSlowAnswer } from './slow-answer.ts';

const answered = (elapsedMs: number): Ping => ({ outcome: 'answered', elapsedMs, detail: '1 bytes' });
const unanswered: Ping = { outcome: 'unanswered', elapsedMs: 700, detail: 'no answer in 700 ms' };

/** A latency of 80 ms with a jitter of 60 ms: 20 ms are late enough. */
const sight = (through: readonly Ping[], direct: Ping) => {
  const rest = [...through];
  const probe = { through: async () => rest.shift() ?? unanswered, direct: async () => direct };
  return sightSlowAnswer(probe, 80, 60);
};

test('answers that come later than past the proxy show the latency', async () => {
  const late = [answered(140), answered(21), answered(90)];
  expect(await sight(late, answered(2))).toMatchObject({ seen: { values: { fastestMs: 21, directMs: 2 } } });
});

test.each([
  ['a server that is as slow past the proxy', [25, 30, 35].map(answered), answered(25)],
  ['a server that does not answer past it', [25, 30, 35].map(answered), unanswered],
  ['one fast answer', [19, 90, 90].map(answered), answered(2)],
  ['one missing answer', [answered(90), answered(90), unanswered], answered(2)],
])('%s shows none', async (_what, through, direct) => {
  expect(await sight(through, direct)).toHaveProperty('missing');
});
