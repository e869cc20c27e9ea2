/** What one call of `net.Socket.prototype.connect` asks for. */
export type ConnectTarget =
  | { readonly kind: 'tcp'; readonly host: string | undefined; readonly port: number }
  | { readonly kind: 'path'; readonly path: string }
  /** Not understood: Node will reject it with an error of its own. */
  | { readonly kind: 'invalid' };

/**
 * Reads the target out of the arguments in each of Node's call shapes: `(options, cb)`, `(port, host, cb)`,
 * `(path, cb)`, and the normalised array `[options, cb]` that `net.connect` passes on.
 */
export function connectTarget(args: readonly unknown[]): ConnectTarget {
  const [first, second] = args;
  if (Array.isArray(first)) return connectTarget(first);
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = fieldsOf(first);
    return typeof path === 'string' && path !== '' ? { kind: 'path', path } : tcpTarget(host, port);
  }
  if (typeof first === 'string' && !(Number(first) >= 0)) return { kind: 'path', path: first };
  return tcpTarget(second, first);
}

/** The same call with another loopback port as its target; the caller's objects are left as they are. */
export function withLoopbackPort(args: readonly unknown[], port: number): unknown[] {
  const [first, second, ...rest] = args;
  // The address and not the name: `localhost` may resolve to ::1, where no proxy listens.
  const target = { host: '127.0.0.1', port };
  if (Array.isArray(first)) {
    const normalised: unknown[] = withLoopbackPort(first, port);
    // Node knows the array by a private symbol; without it, it would read the array as options.
    for (const symbol of Object.getOwnPropertySymbols(first))
      Reflect.set(normalised, symbol, Reflect.get(first, symbol));
    return [normalised, ...args.slice(1)];
  }
  if (typeof first === 'object' && first !== null) return [{ ...first, ...target }, ...args.slice(1)];
  return [target.port, target.host, ...(typeof second === 'string' ? [] : [second]), ...rest];
}

interface Fields {
  readonly path?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
}

const fieldsOf = (options: object): Fields => options;

function tcpTarget(host: unknown, port: unknown): ConnectTarget {
  const number = typeof port === 'string' && port.trim() !== '' ? Number(port) : port;
  if (typeof number !== 'number' || !Number.isInteger(number)) return { kind: 'invalid' };
  return { kind: 'tcp', host: typeof host === 'string' ? host : undefined, port: number };
}
