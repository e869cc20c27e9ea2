import type { ProxyState } from '../driver/toxiproxy-server.ts';

interface Ports {
  readonly name: string;
  readonly listenPort: number;
  readonly upstreamPort: number;
}

/** What disturbs this proxy still, one text each; empty when it is enabled and has no toxic. */
export function residueOf(state: ProxyState): readonly string[] {
  return [
    ...(state.enabled ? [] : [`${state.name}: disabled`]),
    ...state.toxics.map((toxic) => `${state.name}: toxic ${toxic}`),
  ];
}

/** Throws when a proxy of the link's name leads elsewhere: it belongs to somebody else. */
export function assertSamePorts(state: ProxyState, link: Ports): void {
  const found = `${portOf(state.listen)} -> ${portOf(state.upstream)}`;
  const wanted = `${link.listenPort} -> ${link.upstreamPort}`;
  if (found !== wanted) {
    throw new Error(`proxy ${link.name} exists with ports ${found} instead of ${wanted}; use another server or name`);
  }
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
