/**
 * `server.properties` of a single node that is broker and controller. Small (few internal partitions, threads and
 * buffers) and quick to notice a dead process; durable settings stay at their defaults.
 */
export function kafkaSettings(place: {
  readonly logDir: string;
  readonly port: number;
  readonly controllerPort: number;
}): string {
  const { logDir, port, controllerPort } = place;
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': logDir,

    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    // A relay's progress is an offset of a group that never subscribes: it must not expire between runs.
    'offsets.retention.minutes': 525_600,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 5,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 3,

    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'controller.quorum.election.timeout.ms': 500,
    'controller.quorum.fetch.timeout.ms': 1_000,
    'replica.lag.time.max.ms': 3_000,

    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.enable': true,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
