import { expect, test } from 'vitest';
import { startCluster } from '../testing/start-server.ts';
import { kafkaClient, withKafkaAdmin } from './kafka-client.ts';
import { kafkaController } from './kafka-controller.ts';
import { provisionTopics, resetTopics } from './provision-topics.ts';

const TOPIC = 'order.events';
const soon = () => AbortSignal.timeout(40_000);

test('three brokers keep every acknowledged record when the leader is killed, and take it back', async () => {
  await using cluster = await startCluster('kafka', 3);
  const { members } = cluster;
  const ports = members.map(({ port }) => port);
  await provisionTopics(ports, soon());
  const producer = kafkaClient(ports).producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 30 } });
  await producer.connect();
  try {
    const send = (value: string) => producer.send({ topic: TOPIC, messages: [{ partition: 0, key: value, value }] });
    await send('before');
    const [leader] = await withKafkaAdmin(ports, soon(), async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
      const partitions = topics.flatMap((topic) => topic.partitions);
      expect(partitions.every(({ replicas }) => replicas.length === 3)).toBe(true);
      return partitions.filter(({ partitionId }) => partitionId === 0).map((partition) => partition.leader);
    });
    const victim = members[Number(leader) - 1];
    const [survivor = 0] = ports.filter((port) => port !== victim?.port);
    expect([1, 2, 3]).toContain(await kafkaController(survivor, soon()));
    await victim?.kill();
    await expect
      .poll(
        () =>
          send('after').then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    await expect
      .poll(() => kafkaController(survivor, soon()).catch(String), { timeout: 15_000 })
      .toSatisfy((id) => typeof id === 'number' && id !== leader);
    await victim?.restart();
    const offsets = await withKafkaAdmin(ports, soon(), (admin) => admin.fetchTopicOffsets(TOPIC));
    expect(offsets.find(({ partition }) => partition === 0)?.high).toBe('2');
    await resetTopics(ports, soon());
  } finally {
    await producer.disconnect();
  }
});
