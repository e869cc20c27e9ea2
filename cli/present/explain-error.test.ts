import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { abortOnSignals } from './abort-on-signals.ts';
import { explainError } from './explain-error.ts';
import { UsageError } from './usage-error.ts';

describe('explainError', () => {
  it('says what, where and what to do, without a stack', () => {
    const error = Object.assign(new Error('x'), {
      name: 'PortTaken',
      what: 'port 5432 is taken',
      where: 'pid 9 (postgres)',
      todo: '--ports auto',
    });
    expect(explainError(error, false)).toEqual({
      text: 'Error: port 5432 is taken\n  where: pid 9 (postgres)\n  try:   --ports auto',
      exitCode: 4,
    });
  });

  it('gives usage errors exit code 2 and corrupt bundles 3', () => {
    expect(explainError(new UsageError('no scenario "nope".', 'Did you mean …?'), false).exitCode).toBe(2);
    expect(explainError(Object.assign(new Error('x'), { name: 'CorruptBundle', what: 'line 3' }), false).exitCode).toBe(
      3,
    );
  });

  it('names a full disk', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainError(error, false).text).toContain('disk is full');
  });

  it('shows the stack only when asked', () => {
    const error = new Error('boom');
    expect(explainError(error, false).text).not.toContain('at ');
    expect(explainError(error, true).text).toContain(error.stack);
  });

  it('keeps the exit code of an oclif exit and says nothing more', () => {
    expect(explainError({ code: 'EEXIT', oclif: { exit: 1 }, message: 'EEXIT: 1' }, false)).toEqual({
      text: '',
      exitCode: 1,
    });
  });

  /** What an endless wait rejects with that the signal ends. */
  const endedWait = (signal: AbortSignal): Promise<unknown> =>
    delay(60_000, undefined, { signal }).catch((error: unknown) => error);

  it('takes a wait that a bound in time has ended for no interruption', async () => {
    for (const error of [
      await endedWait(AbortSignal.timeout(1)),
      AbortSignal.abort(new DOMException('', 'TimeoutError')).reason,
    ]) {
      const { text, exitCode } = explainError(error, false);
      expect(exitCode).toBe(4);
      expect(text).toMatch(
        /^Error: a step took longer than it may.*\n {2}where: after .*\n {2}try: {3}see `chaos status`/,
      );
    }
  });

  it('takes a wait that Ctrl-C has ended for the interruption', async () => {
    using interruption = abortOnSignals();
    const waiting = endedWait(AbortSignal.any([interruption.signal, AbortSignal.timeout(60_000)]));
    process.emit('SIGINT');
    expect(explainError(await waiting, false)).toEqual({
      text: 'Error: interrupted; every fault was healed and everything that was started is stopped',
      exitCode: 130,
    });
  });

  it('survives anything that was thrown', () => {
    expect(explainError('text', false).text).toContain('text');
    expect(explainError(undefined, true).exitCode).toBe(4);
  });
});
