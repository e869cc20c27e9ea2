/** Bytes that a proxy read from each side: `up` from the client, `down` from the server. */
export interface ProxiedBytes {
  readonly up: number;
  readonly down: number;
}

const SAMPLE = /^toxiproxy_proxy_received_bytes_total\{(?<labels>.*)\} (?<value>\S+)$/;
const LABEL = /(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g;

/**
 * Reads the bytes per proxy out of a Toxiproxy server's `/metrics` (Prometheus text format 0.0.4). Toxiproxy 2.5.0
 * counts a connection's bytes when the connection ends, so traffic of open connections is not in it.
 */
export function proxiedBytes(metrics: string): ReadonlyMap<string, ProxiedBytes> {
  const bytes = new Map<string, ProxiedBytes>();
  for (const line of metrics.split('\n')) {
    const sample = SAMPLE.exec(line)?.groups;
    if (sample === undefined) continue;
    const labels = new Map<string, string>();
    for (const { groups } of (sample.labels ?? '').matchAll(LABEL)) {
      labels.set(groups?.name ?? '', unescaped(groups?.value ?? ''));
    }
    const proxy = labels.get('proxy') ?? '';
    const { up, down } = bytes.get(proxy) ?? { up: 0, down: 0 };
    const value = Number(sample.value);
    // A re-pointed proxy has one sample per upstream: they add up.
    bytes.set(proxy, labels.get('direction') === 'upstream' ? { up: up + value, down } : { up, down: down + value });
  }
  return bytes;
}

const unescaped = (value: string): string =>
  value.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
