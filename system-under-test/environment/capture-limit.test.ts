import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { explainCapture, OutboxesNotCaptured } from './capture-limit.ts';
import { isDiskFull } from './disk-full.ts';
import { untilResolved } from './servers/until-resolved.ts';

const never = new AbortController().signal;
/** A connector that fails again however often it is started. */
const failing = (limit: AbortSignal): Promise<void> =>
  untilResolved('not every connector runs', () => Promise.reject(new Error('order-outbox is FAILED')), limit);

const failureOf = (capture: Promise<void>): Promise<unknown> => capture.catch((error: unknown) => error);

it('gives up a connector that stays failed, and says what it said and what its log ends with', async () => {
  const logsDir = mkdtempSync(join(tmpdir(), 'capture-'));
  onTestFinished(() => rmSync(logsDir, { recursive: true }));
  writeFileSync(join(logsDir, 'connect.log'), 'java.lang.OutOfMemoryError: Java heap space\n');
  const error = await failureOf(explainCapture(logsDir, failing, never, 20));
  expect(error).toBeInstanceOf(OutboxesNotCaptured);
  expect(error).toMatchObject({
    what: 'Debezium does not read every outbox: not every connector runs: order-outbox is FAILED',
    where: join(logsDir, 'connect.log'),
    todo: expect.stringContaining('OutOfMemoryError'),
  });
});

it('ends at once for a reason of its own, and names it', async () => {
  const ended = new AbortController();
  const capturing = failureOf(explainCapture('/nowhere', failing, ended.signal));
  await setImmediate();
  ended.abort(new Error('connect: server process 7 ended with SIGKILL'));
  expect(await capturing).toMatchObject({
    what: expect.stringMatching(
      /: connect: server process 7 ended with SIGKILL; last answer: .*order-outbox is FAILED$/,
    ),
    todo: expect.stringContaining('has logged nothing'),
  });
});

it('hides no full disk', async () => {
  const full = async () => {
    throw new Error('could not extend file: No space left on device');
  };
  expect(isDiskFull(await failureOf(explainCapture('/nowhere', full, never)))).toBe(true);
});
