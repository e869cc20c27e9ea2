import { WireFormatError, WireReader } from './wire.ts';

/** One record of a partition. `producerId` is -1 outside transactions and idempotence. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** A batch as it stands in the log (Kafka documentation, "Record Batch", magic 2). */
export interface RecordBatch {
  readonly firstOffset: number;
  /** Offset after the batch; the batch may hold fewer records than offsets once it was compacted. */
  readonly nextOffset: number;
  readonly producerId: number;
  readonly isTransactional: boolean;
  /** Control batches hold no data: they mark the end of a transaction. */
  readonly control: 'commit' | 'abort' | 'other' | undefined;
  readonly records: readonly LogRecord[];
}

const COMPRESSION_BITS = 0x07;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;
/** firstOffset and batchLength, which stand before what batchLength counts. */
const PREFIX_BYTES = 12;

/** All whole batches of a fetched block; a broker may cut the last one. Throws `WireFormatError`. */
export function decodeBatches(block: Buffer): readonly RecordBatch[] {
  const batches: RecordBatch[] = [];
  let at = 0;
  while (at + PREFIX_BYTES <= block.length) {
    const end = at + PREFIX_BYTES + block.readInt32BE(at + 8);
    if (end > block.length) break;
    batches.push(decodeBatch(new WireReader(block.subarray(at, end))));
    at = end;
  }
  return batches;
}

function decodeBatch(reader: WireReader): RecordBatch {
  const firstOffset = reader.int64();
  reader.int32(); // batch length
  reader.int32(); // partition leader epoch
  const magic = reader.int8();
  if (magic !== 2) throw new WireFormatError(`record batch of magic ${magic}, only 2 is known`);
  reader.int32(); // CRC, which TCP and the broker have checked already
  const attributes = reader.int16();
  const nextOffset = firstOffset + reader.int32() + 1;
  reader.bytes(16); // first and largest timestamp
  const producerId = reader.int64();
  reader.bytes(6); // producer epoch and base sequence
  const count = reader.int32();
  if ((attributes & COMPRESSION_BITS) !== 0) throw new WireFormatError('compressed record batches are not read');
  const records = Array.from({ length: count }, () => decodeRecord(reader, firstOffset));
  const isControl = (attributes & CONTROL_BIT) !== 0;
  return {
    firstOffset,
    nextOffset,
    producerId,
    isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    control: isControl ? controlType(records[0]?.key) : undefined,
    records: isControl ? [] : records,
  };
}

function decodeRecord(batch: WireReader, firstOffset: number): LogRecord {
  const reader = new WireReader(batch.bytes(batch.varint()));
  reader.int8(); // attributes, unused
  reader.varint(); // timestamp delta
  const offset = firstOffset + reader.varint();
  const key = reader.varBytes();
  const value = reader.varBytes();
  const headers: Record<string, string> = {};
  for (let left = reader.varint(); left > 0; left -= 1) {
    const name = reader.bytes(reader.varint()).toString('utf8');
    headers[name] = reader.varBytes()?.toString('utf8') ?? '';
  }
  return { offset, key, value, headers };
}

/** Key of a control record: version, then type (0 abort, 1 commit). */
function controlType(key: Buffer | undefined): 'commit' | 'abort' | 'other' {
  const type = key !== undefined && key.length >= 4 ? key.readInt16BE(2) : -1;
  if (type === 1) return 'commit';
  return type === 0 ? 'abort' : 'other';
}
