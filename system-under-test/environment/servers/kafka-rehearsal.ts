import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { ProcessSpec } from '../process-spec.ts';
import { KAFKA_SERVER } from './kafka.ts';
import { kafkaClient } from './kafka-client.ts';
import { provisionTopics } from './provision-topics.ts';
import type { NodeInTopology } from './server-driver.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const LIMIT_MS = 120_000;

/**
 * Runs a new Kafka through what a run will ask of it (topics, a transaction, a consumer group) and stops it in
 * order, so that its JVM records the classes of all that. Rejects when it does not end with code 143 or 0.
 */
export async function rehearse(spec: ProcessSpec, node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const log = await open(spec.logFile, 'a');
  const child = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = once(child, 'exit');
  try {
    await waitUntilReady(KAFKA_SERVER, node, limit);
    await provisionTopics([node.port], limit);
    await transactAndRead(node.port, limit);
    child.kill('SIGTERM');
    await Promise.race([exited, once(limit, 'abort')]);
    limit.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    const tail = (await readFile(spec.logFile, 'utf8')).slice(-1_500);
    throw new Error(`Kafka's first start failed; the end of its log:\n${tail}`, { cause: error });
  } finally {
    child.kill('SIGKILL');
    await exited;
    await log.close();
  }
}

async function transactAndRead(port: number, signal: AbortSignal): Promise<void> {
  const kafka = kafkaClient([port]);
  const topic = 'order.events';
  const retry = { initialRetryTime: 20, retries: 20 };
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'rehearsal', retry });
  const consumer = kafka.consumer({ groupId: 'rehearsal', maxWaitTimeInMs: 50 });
  try {
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'a', value: 'b' }] });
    await transaction.commit();
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const received = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => received.reject(signal.reason), { once: true });
    await consumer.run({ eachMessage: async () => received.resolve() });
    await received.promise;
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
  }
}
