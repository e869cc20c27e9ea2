import type { Detection } from '#sut/contract/components.ts';

/** A broker and controller as the quorum knows it. */
export interface KafkaMember {
  readonly nodeId: number;
  readonly controllerPort: number;
}

export interface KafkaNodePlace {
  readonly nodeId: number;
  readonly logDir: string;
  readonly port: number;
  /** Every node, this one included; all are brokers and controllers. */
  readonly members: readonly KafkaMember[];
  /** Absent: fast. */
  readonly detection?: Detection | undefined;
}

type Settings = Readonly<Record<string, string | number | boolean>>;

/** How soon a dead process is noticed: 3 s without acknowledgement; Kafka's own defaults (9 s of silence, 30 s of lag) take 10 to 30. */
const FAST_DETECTION: Settings = {
  'broker.session.timeout.ms': 3_000,
  'broker.heartbeat.interval.ms': 500,
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.fetch.timeout.ms': 1_000,
  'replica.lag.time.max.ms': 3_000,
};

/** For a small machine: few internal partitions, threads and buffers. */
const SMALL: Settings = {
  'offsets.topic.num.partitions': 5,
  'transaction.state.log.num.partitions': 5,
  'share.coordinator.state.topic.num.partitions': 3,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'log.cleaner.enable': true,
  'log.cleaner.dedupe.buffer.size': 4_194_304,
};

/** An acknowledged record is on a majority of the brokers, so that it outlives any one of them. */
function replication(brokers: number): Settings {
  const minInSync = Math.floor(brokers / 2) + 1;
  return {
    'default.replication.factor': brokers,
    'min.insync.replicas': minInSync,
    'offsets.topic.replication.factor': brokers,
    'transaction.state.log.replication.factor': brokers,
    'transaction.state.log.min.isr': minInSync,
    'share.coordinator.state.topic.replication.factor': brokers,
    'share.coordinator.state.topic.min.isr': minInSync,
  };
}

/**
 * `server.properties` of a node that is broker and controller, alone or one of several. Small and quick to notice a dead
 * process; durable settings stay at their defaults.
 */
export function kafkaSettings({ nodeId, logDir, port, members, detection = 'fast' }: KafkaNodePlace): string {
  const voters = members.map((member) => `${member.nodeId}@127.0.0.1:${member.controllerPort}`);
  const controllerPort = members.find((member) => member.nodeId === nodeId)?.controllerPort;
  if (controllerPort === undefined) throw new Error(`Kafka node ${nodeId} is not among its members`);
  const settings: Settings = {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': logDir,

    'auto.create.topics.enable': false,
    'delete.topic.enable': true,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    ...replication(members.length),
    ...(detection === 'fast' ? FAST_DETECTION : {}),
    ...SMALL,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
