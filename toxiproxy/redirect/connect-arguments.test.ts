import { describe, expect, it } from 'vitest';
import { connectTarget, withLoopbackPort } from './connect-arguments.ts';

const callback = (): void => undefined;

describe('connectTarget', () => {
  it.each([
    { shape: 'port', args: [5432], host: undefined },
    { shape: 'port, cb', args: [5432, callback], host: undefined },
    { shape: 'port, host, cb', args: [5432, 'db', callback], host: 'db' },
    { shape: 'numeric text', args: ['5432', 'db'], host: 'db' },
    { shape: 'options', args: [{ port: 5432, host: 'db' }, callback], host: 'db' },
    { shape: 'options with a port as text', args: [{ port: '5432' }], host: undefined },
    { shape: 'normalised', args: [[{ port: 5432, host: 'db' }, callback]], host: 'db' },
    { shape: 'options with an empty path', args: [{ port: 5432, host: 'db', path: '' }], host: 'db' },
  ])('reads the address from: $shape', ({ args, host }) => {
    expect(connectTarget(args)).toEqual({ kind: 'tcp', host, port: 5432 });
  });

  it.each([[['/tmp/s']], [[{ path: '/tmp/s' }]], [[[{ path: '/tmp/s', port: 1 }, callback]]]])(
    'reads a path',
    (args) => {
      expect(connectTarget(args)).toEqual({ kind: 'path', path: '/tmp/s' });
    },
  );

  it.each([[[]], [[undefined]], [[{}]], [[{ port: 1.5 }]], [[{ port: 'x' }]]])('leaves the rest to Node', (args) => {
    expect(connectTarget(args)).toEqual({ kind: 'invalid' });
  });
});

describe('withLoopbackPort', () => {
  const target = { host: '127.0.0.1', port: 9 };

  it.each([
    { args: [1], expected: [9, '127.0.0.1', undefined] },
    { args: [1, callback], expected: [9, '127.0.0.1', callback] },
    { args: [1, 'db', callback], expected: [9, '127.0.0.1', callback] },
    { args: [{ port: 1, host: 'db', noDelay: true }, callback], expected: [{ ...target, noDelay: true }, callback] },
    { args: [[{ port: 1 }, callback]], expected: [[target, callback]] },
  ])('changes the address and nothing else', ({ args, expected }) => {
    expect(withLoopbackPort(args, 9)).toEqual(expected);
  });

  it("leaves the caller's options alone, for the caller may reconnect with them", () => {
    const options = Object.freeze({ port: 1, host: 'db' });
    withLoopbackPort([options], 9);
    expect(options).toEqual({ port: 1, host: 'db' });
  });

  it('keeps the symbol by which Node knows its normalised array', () => {
    const symbol = Symbol('normalizedArgs');
    const normalised = Object.assign([{ port: 1 }, null], { [symbol]: true });
    expect(Reflect.get(Object(withLoopbackPort([normalised], 9)[0]), symbol)).toBe(true);
  });
});
