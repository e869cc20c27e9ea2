import { ControlTimeout, ControlUnreachable } from '../driver/control-error.ts';
import { type ControlAddress, ToxiproxyServer } from '../driver/toxiproxy-server.ts';
import type { LinkDisturbance } from './link-disturbance.ts';
import { assertSamePorts, residueOf } from './proxy-state.ts';
import { SerialQueues } from './serial-queues.ts';
import { toxicsOfDisturbance } from './toxics-of-disturbance.ts';

/**
 * A proxied connection: `client` connects to `listenPort`, the server listens on `upstreamPort`, all on loopback.
 * Choose `listenPort` outside the range of ephemeral ports: while a link is cut its port is free, and an outgoing
 * connection that gets it by chance would keep the link from being restored.
 */
export interface ProxiedLink {
  readonly name: string;
  readonly client: string;
  readonly listenPort: number;
  readonly upstreamPort: number;
}

/** Live figures of a link's proxy. */
export interface LinkStatus {
  readonly link: string;
  readonly enabled: boolean;
  readonly toxics: readonly string[];
  /** Of connections that have ended since the link's server started. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly proxyPort: number;
}

export interface LinkFleetOptions {
  /**
   * Kills the Toxiproxy process of this client, starts another and resolves to its control address once it answers.
   * Called when the control API of the old one hangs or is gone; must give up when the signal aborts.
   */
  readonly replaceServer: (client: string, signal: AbortSignal) => Promise<ControlAddress>;
  /**
   * Bound of one control call. Keep it below 5000: after 5 s a server that cannot flush a removed toxic's bytes drops
   * them and lets the connection live on with a hole in its stream.
   */
  readonly controlTimeoutMs?: number;
  readonly replaceTimeoutMs?: number;
}

/** The proxies of all links: one Toxiproxy server per client, so that a hanging one takes down no other client. */
export class LinkFleet {
  readonly #servers = new Map<string, ToxiproxyServer>();
  readonly #links = new Map<string, ProxiedLink>();
  /** A replacement must not race with another operation on the same server. */
  readonly #queues = new SerialQueues();
  readonly #replaceServer: LinkFleetOptions['replaceServer'];
  readonly #controlTimeoutMs: number;
  readonly #replaceTimeoutMs: number;

  constructor(options: LinkFleetOptions) {
    this.#replaceServer = options.replaceServer;
    this.#controlTimeoutMs = options.controlTimeoutMs ?? 4_000;
    this.#replaceTimeoutMs = options.replaceTimeoutMs ?? 15_000;
  }

  /** Names the running server that carries a client's links; call it before `create`. */
  useServer(client: string, address: ControlAddress): void {
    this.#servers.set(client, new ToxiproxyServer(address, this.#controlTimeoutMs));
  }

  /** Creates the link's proxy; adopts it when the server already has it with the same ports. */
  create(link: ProxiedLink): Promise<void> {
    return this.#queues.run(link.client, async () => {
      const server = this.#server(link.client);
      const existing = await server.proxy(link.name);
      if (existing === undefined) await server.createProxy(link);
      else assertSamePorts(existing, link);
      this.#links.set(link.name, link);
    });
  }

  /** When it rejects, the link may be disturbed in part: `restore` it. */
  disturb(name: string, disturbance: LinkDisturbance, signal?: AbortSignal): Promise<void> {
    const link = this.#link(name);
    return this.#queues.run(link.client, async () => {
      const server = this.#server(link.client);
      signal?.throwIfAborted();
      if (disturbance.kind === 'cut') return server.setEnabled(name, false);
      for (const toxic of toxicsOfDisturbance(disturbance)) {
        signal?.throwIfAborted();
        await server.addToxic(name, toxic);
      }
    });
  }

  /**
   * Removes every toxic of the link and enables it, and reads back that it is so; idempotent. A server whose control API hangs
   * is replaced, which ends every connection of its client and restores its other links too: who has disturbed one of them sees
   * that in its status. Takes no signal: a heal is bounded by its timeouts and must not be given up half way.
   */
  restore(name: string): Promise<void> {
    const link = this.#link(name);
    return this.#queues.run(link.client, async () => {
      try {
        await this.#clear(link);
      } catch (error) {
        if (!(error instanceof ControlTimeout || error instanceof ControlUnreachable)) throw error;
        await this.#replace(link.client);
      }
    });
  }

  status(name: string): Promise<LinkStatus> {
    const link = this.#link(name);
    return this.#queues.run(link.client, async () => {
      const server = this.#server(link.client);
      const [state, bytes] = await Promise.all([server.proxy(name), server.bytes()]);
      if (state === undefined) throw new Error(`link ${name} has no proxy on its server; restore it`);
      const { up, down } = bytes.get(name) ?? { up: 0, down: 0 };
      const { enabled, toxics } = state;
      return { link: name, enabled, toxics, bytesUp: up, bytesDown: down, proxyPort: link.listenPort };
    });
  }

  /** Every toxic and every disabled or missing proxy that is left, one text each; empty when all links are whole. */
  async residue(): Promise<readonly string[]> {
    const perClient = [...this.#servers].map(([client, server]) =>
      this.#queues.run(client, async () => {
        const states = new Map((await server.proxies()).map((state) => [state.name, state]));
        const missing = this.#linksOf(client).filter((name) => !states.has(name));
        return [...missing.map((name) => `${name}: no proxy`), ...[...states.values()].flatMap(residueOf)];
      }),
    );
    return (await Promise.all(perClient)).flat();
  }

  async #clear(link: ProxiedLink): Promise<void> {
    const server = this.#server(link.client);
    const state = await server.proxy(link.name);
    if (state === undefined) await server.createProxy(link);
    for (const toxic of state?.toxics ?? []) await server.removeToxic(link.name, toxic);
    if (state?.enabled === false) await server.setEnabled(link.name, true);
    const after = await server.proxy(link.name);
    const residue = after === undefined ? [`${link.name}: no proxy`] : residueOf(after);
    if (residue.length > 0) throw new Error(`link could not be restored: ${residue.join(', ')}`);
  }

  /** Creates plain proxies only: creating one together with its toxics is not atomic (Shopify/toxiproxy#148). */
  async #replace(client: string): Promise<void> {
    const signal = AbortSignal.timeout(this.#replaceTimeoutMs);
    const address = await Promise.race([this.#replaceServer(client, signal), rejectionOf(signal)]);
    this.useServer(client, address);
    for (const link of this.#links.values()) {
      if (link.client === client) await this.#server(client).createProxy(link);
    }
  }

  #linksOf(client: string): string[] {
    return [...this.#links.values()].filter((link) => link.client === client).map((link) => link.name);
  }

  #link(name: string): ProxiedLink {
    const link = this.#links.get(name);
    if (link === undefined)
      throw new Error(`no link ${name}; there are: ${[...this.#links.keys()].join(', ') || 'none'}`);
    return link;
  }

  #server(client: string): ToxiproxyServer {
    const server = this.#servers.get(client);
    if (server === undefined) throw new Error(`no Toxiproxy server for client ${client}; call useServer first`);
    return server;
  }
}

/** Rejects when the signal aborts: an owner that ignores its signal must not hold up a heal. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
