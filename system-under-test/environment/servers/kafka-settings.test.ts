import { expect, test } from 'vitest';
import type { Detection } from '#sut/contract/components.ts';
import { kafkaSettings } from './kafka-settings.ts';

const linesOf = (nodes: number, detection?: Detection) =>
  kafkaSettings({
    nodeId: 1,
    logDir: '/data/logs',
    port: 20_001,
    detection,
    members: Array.from({ length: nodes }, (_, index) => ({ nodeId: index + 1, controllerPort: 20_002 + index })),
  })
    .trim()
    .split('\n');
const lines = linesOf(1);

test('clients are sent to the loopback address that they were given', () => {
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:20001');
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:20002');
});

test('what a single node cannot replicate is not asked to be', () => {
  const replication = lines.filter((line) => /replication\.factor|min\.isr|min\.insync/.test(line));
  expect(replication.length).toBeGreaterThanOrEqual(7);
  expect(replication.every((line) => line.endsWith('=1'))).toBe(true);
});

test('of three nodes two must have what is acknowledged', () => {
  const three = linesOf(3);
  expect(three).toContain('controller.quorum.voters=1@127.0.0.1:20002,2@127.0.0.1:20003,3@127.0.0.1:20004');
  expect(three).toContain('listeners=PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002');
  const settings = three.filter((line) => /replication\.factor|min\.isr|min\.insync/.test(line));
  expect(settings.filter((line) => line.endsWith('=3'))).toHaveLength(4);
  expect(settings.filter((line) => line.endsWith('=2'))).toHaveLength(3);
});

test('a missing topic is an error, not made on the way', () => {
  expect(lines).toContain('auto.create.topics.enable=false');
});

test('every line is one setting, and none is given twice', () => {
  const keys = lines.map((line) => /^([a-z.]+)=\S/.exec(line)?.[1]);
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(keys.length);
});

test('how soon a dead broker is noticed is left to Kafka when asked to', () => {
  expect(lines.some((line) => line.startsWith('broker.session.timeout.ms'))).toBe(true);
  const left = linesOf(3, 'default').filter((line) =>
    /session\.timeout\.ms|heartbeat|quorum\..*timeout|lag\.time/.test(line),
  );
  expect(left).toEqual(['group.min.session.timeout.ms=1000']);
});
