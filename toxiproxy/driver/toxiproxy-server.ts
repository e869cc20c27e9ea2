import { Toxiproxy } from 'toxiproxy-node-client';
import type { IProxyResponse } from 'toxiproxy-node-client/dist/interfaces.js';
import { BoundedHttpClient } from './bounded-http-client.ts';
import { ControlRejected } from './control-error.ts';
import { type ProxiedBytes, proxiedBytes } from './proxied-bytes.ts';

/** Where a server's control API listens. */
export interface ControlAddress {
  readonly host: string;
  readonly port: number;
}

/** One proxy as its server describes it; addresses are `host:port`. */
export interface ProxyState {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly string[];
}

/** A toxic, in Toxiproxy's own terms and units: https://github.com/Shopify/toxiproxy#toxics */
export type Toxic = { readonly name: string; readonly stream: 'upstream' | 'downstream' } & (
  | { readonly type: 'latency'; readonly attributes: { readonly latency: number; readonly jitter: number } }
  | { readonly type: 'bandwidth'; readonly attributes: { readonly rate: number } }
  | { readonly type: 'reset_peer'; readonly attributes: { readonly timeout: number } }
  | {
      readonly type: 'slicer';
      readonly attributes: { readonly average_size: number; readonly size_variation: number; readonly delay: number };
    }
);

/**
 * Drives one Toxiproxy server (2.5.0, started with `-proxy-metrics`). Every method rejects with a `ControlError`
 * after at most `timeoutMs` per control call, and makes at most two.
 */
export class ToxiproxyServer {
  readonly #api: Toxiproxy;

  constructor(address: ControlAddress, timeoutMs: number) {
    this.#api = new Toxiproxy(`http://${address.host}:${address.port}`);
    this.#api.api = new BoundedHttpClient(timeoutMs);
  }

  async version(): Promise<string> {
    return (await this.#api.getVersion()).trim();
  }

  /** Creates an enabled proxy without toxics between two loopback ports. */
  async createProxy(proxy: { name: string; listenPort: number; upstreamPort: number }): Promise<void> {
    await this.#api.createProxy({
      name: proxy.name,
      listen: `127.0.0.1:${proxy.listenPort}`,
      upstream: `127.0.0.1:${proxy.upstreamPort}`,
      enabled: true,
    });
  }

  async proxies(): Promise<readonly ProxyState[]> {
    // Not getAll(): its Proxy objects leave the toxics out.
    const { data } = await this.#api.api.get<Record<string, IProxyResponse>>(`${this.#api.host}/proxies`);
    return Object.values(data).map(stateOf);
  }

  /** The proxy's state; undefined when the server has none of that name. */
  async proxy(name: string): Promise<ProxyState | undefined> {
    return unlessNotFound(async () => stateOf((await this.#api.api.get<IProxyResponse>(this.#path(name))).data));
  }

  /** `false` refuses new connections and closes the open ones. */
  async setEnabled(name: string, enabled: boolean): Promise<void> {
    await this.#api.api.post(this.#path(name), { enabled });
  }

  /** Acts on open and on new connections. */
  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    // Always the whole: toxicity is drawn per connection, and 0 still disturbs (Shopify/toxiproxy#603).
    await this.#api.api.post(`${this.#path(proxy)}/toxics`, { ...toxic, toxicity: 1 });
  }

  /** Idempotent: a toxic that is not there counts as removed. */
  async removeToxic(proxy: string, toxic: string): Promise<void> {
    await unlessNotFound(() => this.#api.api.delete(`${this.#path(proxy)}/toxics/${encodeURIComponent(toxic)}`));
  }

  /** Bytes per proxy name, of connections that have ended; a proxy without any is missing. */
  async bytes(): Promise<ReadonlyMap<string, ProxiedBytes>> {
    const metrics = await unlessNotFound(() => this.#api.api.getText(`${this.#api.host}/metrics`));
    if (metrics === undefined) {
      throw new Error(`Toxiproxy at ${this.#api.host} has no metrics: start it with -proxy-metrics`);
    }
    return proxiedBytes(metrics);
  }

  #path(proxy: string): string {
    return `${this.#api.host}/proxies/${encodeURIComponent(proxy)}`;
  }
}

const stateOf = ({ name, listen, upstream, enabled, toxics }: IProxyResponse): ProxyState => ({
  name,
  listen,
  upstream,
  enabled,
  toxics: toxics.map((toxic) => toxic.name),
});

async function unlessNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ControlRejected && error.status === 404) return undefined;
    throw error;
  }
}
