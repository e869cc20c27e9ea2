import { expect, test } from 'vitest';
import { kafkaSettings } from './kafka-settings.ts';

const lines = kafkaSettings({ logDir: '/data/logs', port: 20_001, controllerPort: 20_002 }).trim().split('\n');

test('clients are sent to the loopback address that they were given', () => {
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:20001');
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:20002');
});

test('what a single node cannot replicate is not asked to be', () => {
  const replication = lines.filter((line) => /replication\.factor|min\.isr|min\.insync/.test(line));
  expect(replication.length).toBeGreaterThanOrEqual(7);
  expect(replication.every((line) => line.endsWith('=1'))).toBe(true);
});

test('a missing topic is an error, not made on the way', () => {
  expect(lines).toContain('auto.create.topics.enable=false');
});

test('every line is one setting, and none is given twice', () => {
  const keys = lines.map((line) => /^([a-z.]+)=\S/.exec(line)?.[1]);
  expect(keys).not.toContain(undefined);
  expect(new Set(keys).size).toBe(keys.length);
});
