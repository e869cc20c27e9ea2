import type { Toxic } from '../driver/toxiproxy-server.ts';
import type { Direction, LinkDisturbance } from './link-disturbance.ts';

const STREAMS = { both: ['upstream', 'downstream'], up: ['upstream'], down: ['downstream'] } as const;

/** The toxics that make a disturbance; `cut` has none, it disables the proxy. Names are unique per kind and stream. */
export function toxicsOfDisturbance(disturbance: Exclude<LinkDisturbance, { kind: 'cut' }>): readonly Toxic[] {
  const on = (direction: Direction, toxic: (stream: 'upstream' | 'downstream', name: string) => Toxic): Toxic[] =>
    STREAMS[direction].map((stream) => toxic(stream, `${disturbance.kind}-${stream}`));
  switch (disturbance.kind) {
    case 'partition':
      // Not a `timeout` toxic: that closes the connections when it is removed, and a partition must heal without.
      return on(disturbance.direction, (stream, name) => ({
        type: 'bandwidth',
        name,
        stream,
        attributes: { rate: 0 },
      }));
    case 'reset':
      return on('both', (stream, name) => ({ type: 'reset_peer', name, stream, attributes: { timeout: 0 } }));
    case 'latency':
      return on(disturbance.direction, (stream, name) => ({
        type: 'latency',
        name,
        stream,
        attributes: { latency: disturbance.latencyMs, jitter: disturbance.jitterMs },
      }));
    case 'bandwidth': {
      // Toxiproxy takes whole KB/s and reads 0 as "nothing passes".
      const rate = Math.max(1, Math.round(disturbance.bytesPerSecond / 1000));
      return on('both', (stream, name) => ({ type: 'bandwidth', name, stream, attributes: { rate } }));
    }
    case 'slice': {
      // An average size of 0 makes the server recurse without end; its delay is in microseconds.
      const average_size = Math.max(1, Math.round(disturbance.averageSizeBytes));
      const delay = Math.round(disturbance.delayMs * 1000);
      return on('both', (stream, name) => ({
        type: 'slicer',
        name,
        stream,
        attributes: { average_size, size_variation: Math.floor(average_size / 4), delay },
      }));
    }
  }
}
