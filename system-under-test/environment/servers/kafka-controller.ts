import { tcpExchange } from './tcp-exchange.ts';

const CORRELATION_ID = 7;
const TOPIC = Buffer.from('__cluster_metadata');

/** A length or count in the protocol's compact form, for values below 127. */
const compact = (length: number): Buffer => Buffer.from([length + 1]);
const NO_TAGS = Buffer.from([0]);

/** DescribeQuorum (key 55), version 0, of the metadata log (KIP-595). Any broker passes it on to the controller. */
function request(): Buffer {
  const header = Buffer.alloc(10);
  header.writeInt16BE(55, 0);
  header.writeInt32BE(CORRELATION_ID, 4);
  // No client id.
  header.writeInt16BE(-1, 8);
  const partition = Buffer.concat([compact(1), Buffer.alloc(4), NO_TAGS]);
  const topic = Buffer.concat([compact(TOPIC.length), TOPIC, partition, NO_TAGS]);
  const body = Buffer.concat([header, NO_TAGS, compact(1), topic, NO_TAGS]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/**
 * Node id of the active controller. What a client's metadata calls controller is, with KRaft, any broker. Rejects when the
 * broker on `port` does not answer or knows none.
 */
export async function kafkaController(port: number, signal: AbortSignal): Promise<number> {
  const isComplete = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0);
  const answer = await tcpExchange(port, request(), isComplete, signal);
  return leaderIn(answer);
}

/** Reads the leader out of a DescribeQuorum answer: size, correlation id, tags, error, one topic with one partition. */
function leaderIn(answer: Buffer): number {
  if (answer.readInt32BE(4) !== CORRELATION_ID) throw new Error('the broker answered another request');
  const error = answer.readInt16BE(9);
  if (error !== 0) throw new Error(`DescribeQuorum answered with error code ${error}`);
  // Counts and lengths stand one higher than they are: one topic, its name, one partition, its index.
  const afterName = 12 + answer.readUInt8(12);
  const partition = afterName + 1;
  const partitionError = answer.readInt16BE(partition + 4);
  const leaderId = answer.readInt32BE(partition + 6);
  if (partitionError !== 0 || leaderId < 0) throw new Error(`no controller is active (error code ${partitionError})`);
  return leaderId;
}
