import { tcpExchange } from './tcp-exchange.ts';

const CORRELATION_ID = 11;

/** Metadata (key 3), version 4, of one topic, which is not to be created. */
function request(topic: string): Buffer {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(4 + 10 + 4 + 2 + name.length + 1);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt16BE(3, 4);
  bytes.writeInt16BE(4, 6);
  bytes.writeInt32BE(CORRELATION_ID, 8);
  // No client id.
  bytes.writeInt16BE(-1, 12);
  bytes.writeInt32BE(1, 14);
  bytes.writeInt16BE(name.length, 18);
  name.copy(bytes, 20);
  return bytes;
}

/**
 * Node id of the broker that leads a partition, as the broker on `port` knows it. Rejects when that does not answer or
 * knows none. A client of the library would try again for a while by itself, and say later than it knows.
 */
export async function kafkaPartitionLeader(
  port: number,
  of: { readonly topic: string; readonly partition: number },
  signal: AbortSignal,
): Promise<number> {
  const isComplete = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0);
  const leader = leaderIn(await tcpExchange(port, request(of.topic), isComplete, signal), of.partition);
  if (leader === undefined || leader < 0) throw new Error(`${of.topic}/${of.partition} has no leader`);
  return leader;
}

/** Reads a Metadata answer for one topic; `undefined`: it does not say. */
export function leaderIn(answer: Buffer, partition: number): number | undefined {
  // Behind size, correlation id and throttle time.
  let at = 12;
  const int32 = (): number => {
    at += 4;
    return answer.readInt32BE(at - 4);
  };
  const skipString = (): void => {
    at += 2 + Math.max(0, answer.readInt16BE(at));
  };
  for (let brokers = int32(); brokers > 0; brokers -= 1) {
    at += 4;
    skipString();
    at += 4;
    skipString();
  }
  skipString();
  // The controller, one topic, its error, its name, whether it is internal.
  at += 4 + 4 + 2;
  skipString();
  at += 1;
  for (let partitions = int32(); partitions > 0; partitions -= 1) {
    at += 2;
    const [index, leader] = [int32(), int32()];
    for (const _ of ['replicas', 'in sync']) {
      const count = int32();
      at += 4 * count;
    }
    if (index === partition) return leader;
  }
  return undefined;
}
