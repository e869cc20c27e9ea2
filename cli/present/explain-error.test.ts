import { describe, expect, it } from 'vitest';
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

  it('survives anything that was thrown', () => {
    expect(explainError('text', false).text).toContain('text');
    expect(explainError(undefined, true).exitCode).toBe(4);
  });
});
