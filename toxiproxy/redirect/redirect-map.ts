/** A declared connection: the real address that the client names, and the port of the proxy that carries it. */
interface RedirectedLink {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly proxyPort: number;
}

/** What a client process is told about its links, as JSON in the environment variable `CHAOS_LINKS`. */
export interface RedirectSettings {
  readonly client: string;
  readonly links: readonly RedirectedLink[];
  /** `host:port` of connections that need no link, e.g. a trace collector. */
  readonly allowed?: readonly string[];
}

/** Where a connection goes: to a link's proxy, on as it is, or on as it is although it is in no link. */
export type Route =
  | { readonly kind: 'redirect'; readonly proxyPort: number }
  | { readonly kind: 'direct' }
  | { readonly kind: 'bypass'; readonly target: string };

const LOOPBACK = /^(localhost\.?|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|0\.0\.0\.0|::)?$/i;

/** One name for every way to say loopback (an absent host means localhost, as in Node), lower case for the others. */
function canonicalHost(host: string | undefined): string {
  return LOOPBACK.test(host ?? '') ? 'localhost' : (host ?? '').toLowerCase();
}

/** Decides where each connection of a client goes. Pure. */
export class RedirectMap {
  readonly #proxyPorts = new Map<string, number>();
  readonly #direct = new Set<string>();

  constructor(settings: RedirectSettings) {
    for (const link of settings.links) {
      const target = targetOf(link.host, link.port);
      const taken = this.#proxyPorts.get(target);
      if (taken !== undefined && taken !== link.proxyPort) {
        throw new Error(`two links of ${settings.client} lead to ${target}; give each server its own address`);
      }
      this.#proxyPorts.set(target, link.proxyPort);
      // A server may advertise its proxy's address: that connection is in its link already.
      this.#direct.add(targetOf('localhost', link.proxyPort));
    }
    for (const address of settings.allowed ?? []) {
      const colon = address.lastIndexOf(':');
      this.#direct.add(targetOf(address.slice(0, colon), Number(address.slice(colon + 1))));
    }
  }

  route(host: string | undefined, port: number): Route {
    const target = targetOf(host, port);
    const proxyPort = this.#proxyPorts.get(target);
    if (proxyPort !== undefined) return { kind: 'redirect', proxyPort };
    return this.#direct.has(target) ? { kind: 'direct' } : { kind: 'bypass', target };
  }
}

const targetOf = (host: string | undefined, port: number): string => `${canonicalHost(host)}:${port}`;

/** Parses `CHAOS_LINKS`; throws an error that names the field when it is not what `RedirectSettings` says. */
export function parseRedirectSettings(json: string): RedirectSettings {
  const value: unknown = JSON.parse(json);
  const { client, links, allowed } = record(value, 'the value');
  return {
    client: text(client, 'client'),
    links: list(links, 'links').map((link, i) => {
      const fields = record(link, `links[${i}]`);
      return {
        name: text(fields.name, `links[${i}].name`),
        host: text(fields.host, `links[${i}].host`),
        port: portNumber(fields.port, `links[${i}].port`),
        proxyPort: portNumber(fields.proxyPort, `links[${i}].proxyPort`),
      };
    }),
    ...(allowed === undefined ? {} : { allowed: list(allowed, 'allowed').map((target) => text(target, 'allowed')) }),
  };
}

const wrong = (field: string, wanted: string, value: unknown): Error =>
  new Error(`CHAOS_LINKS: ${field} must be ${wanted}, not ${JSON.stringify(value)}`);

function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw wrong(field, 'an object', value);
  return { ...value };
}

function list(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(field, 'an array', value);
  return value;
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(field, 'a text', value);
  return value;
}

function portNumber(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 65_535)
    throw wrong(field, 'a port', value);
  return value;
}
