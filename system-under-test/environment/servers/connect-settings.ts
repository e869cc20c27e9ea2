/** Topics in which the workers keep connectors, offsets and states; they make them themselves. */
export const CONNECT_TOPICS = ['connect.configs', 'connect.offsets', 'connect.status'] as const;
const [CONFIGS, OFFSETS, STATUS] = CONNECT_TOPICS;

const TEXT = 'org.apache.kafka.connect.storage.StringConverter';

/** `worker.properties` of a Kafka Connect worker with exactly-once source support, quick to notice a dead predecessor. */
export function connectSettings(place: {
  readonly port: number;
  /** `host:port` of every broker. */
  readonly brokers: readonly string[];
  readonly plugins: string;
}): string {
  const replication = Math.min(place.brokers.length, 3);
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'bootstrap.servers': place.brokers.join(','),
    'group.id': 'connect',
    listeners: `http://127.0.0.1:${place.port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'plugin.path': place.plugins,
    'plugin.discovery': 'service_load',
    // Keys, values and headers are text already.
    'key.converter': TEXT,
    'value.converter': TEXT,
    'header.converter': TEXT,

    'config.storage.topic': CONFIGS,
    'offset.storage.topic': OFFSETS,
    'status.storage.topic': STATUS,
    'config.storage.replication.factor': replication,
    'offset.storage.replication.factor': replication,
    'status.storage.replication.factor': replication,
    'offset.storage.partitions': 5,
    'status.storage.partitions': 2,

    'exactly.once.source.support': 'enabled',
    'connector.client.config.override.policy': 'All',
    'session.timeout.ms': 6_000,
    'heartbeat.interval.ms': 1_000,
    'rebalance.timeout.ms': 10_000,
    'scheduled.rebalance.max.delay.ms': 0,
    'offset.flush.interval.ms': 1_000,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
