import { BSON } from 'mongodb';
import { type ComponentName, declarationOf, type Engine } from '#sut/contract/components.ts';

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

/** ApiVersions v0, the request that a broker answers before any other (KIP-35); padded in the client id. */
function kafka(paddingBytes: number): Buffer {
  const clientId = Buffer.from(`ping${'.'.repeat(paddingBytes)}`);
  const request = Buffer.concat([int16(18), int16(0), int32(1), int16(clientId.length), clientId]);
  return Buffer.concat([int32(request.length), request]);
}

/** SSLRequest is answered with one byte; a padded ping is a start-up message. PostgreSQL manual, "Message Formats". */
function postgres(paddingBytes: number): Buffer {
  const body =
    paddingBytes === 0
      ? int32(80_877_103)
      : Buffer.concat([
          int32(196_608),
          Buffer.from(`user\0shop\0database\0postgres\0application_name\0${'.'.repeat(paddingBytes)}\0\0`),
        ]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** The `hello` command in an OP_MSG; padded in its comment. MongoDB manual, "Wire Protocol". */
function mongodb(paddingBytes: number): Buffer {
  const document = BSON.serialize({ hello: 1, comment: '.'.repeat(paddingBytes), $db: 'admin' });
  const header = Buffer.alloc(21);
  header.writeInt32LE(header.length + document.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(2013, 12);
  return Buffer.concat([header, document]);
}

const redis = (paddingBytes: number): Buffer =>
  Buffer.from(
    paddingBytes === 0
      ? '*1\r\n$4\r\nPING\r\n'
      : `*2\r\n$4\r\nPING\r\n$${paddingBytes}\r\n${'.'.repeat(paddingBytes)}\r\n`,
  );

const http = (paddingBytes: number): Buffer =>
  Buffer.from(
    `GET /health/live HTTP/1.1\r\nhost: ping\r\nconnection: close\r\nx-padding: ${'.'.repeat(paddingBytes)}\r\n\r\n`,
  );

const BY_ENGINE: Readonly<Record<Engine, (paddingBytes: number) => Buffer>> = {
  kafka,
  postgres,
  mongodb,
  redis,
};

/**
 * The smallest request that a component answers without being asked anything else first, in its own protocol, made about
 * `paddingBytes` longer (at most 8192: the limits of a PostgreSQL start-up message and of an HTTP header).
 */
export function pingPayload(component: ComponentName, paddingBytes: number): Buffer {
  const { engine } = declarationOf(component);
  // Our own processes, and etcd.
  return engine === undefined ? http(paddingBytes) : BY_ENGINE[engine](paddingBytes);
}
