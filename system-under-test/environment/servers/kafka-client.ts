import { type Admin, Kafka } from 'kafkajs';

/** kafkajs reports every retriable answer of the broker as an error; what matters reaches us as a rejection. */
const silent = () => () => {};

/** A Kafka client for preparing and resetting the brokers on loopback, any of which will do; every request is bounded to seconds. */
export const kafkaClient = (ports: readonly number[]): Kafka =>
  new Kafka({
    clientId: 'environment',
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    logCreator: silent,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 8 },
  });

/** Runs `use` with a connected admin client; rejects with the signal's reason as soon as it aborts. */
export async function withKafkaAdmin<R>(
  ports: readonly number[],
  signal: AbortSignal,
  use: (admin: Admin) => Promise<R>,
): Promise<R> {
  signal.throwIfAborted();
  const admin = kafkaClient(ports).admin();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const work = admin.connect().then(() => use(admin));
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await admin.disconnect();
  }
}
