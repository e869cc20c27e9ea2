/** The data ended before the value did, or holds what this reader does not understand. */
export class WireFormatError extends Error {
  constructor(message: string) {
    super(`Kafka wire format: ${message}`);
    this.name = 'WireFormatError';
  }
}

/** Reads the primitive types of the Kafka protocol, one after the other. Throws `WireFormatError` past the end. */
export class WireReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  #take(bytes: number): number {
    if (bytes < 0 || bytes > this.remaining) throw new WireFormatError(`${bytes} bytes wanted, ${this.remaining} left`);
    const start = this.#at;
    this.#at += bytes;
    return start;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  /** Offsets, producer ids and times stay far below 2^53. */
  int64(): number {
    return Number(this.#buffer.readBigInt64BE(this.#take(8)));
  }

  bytes(length: number): Buffer {
    const start = this.#take(length);
    return this.#buffer.subarray(start, start + length);
  }

  string(): string {
    return this.bytes(this.int16()).toString('utf8');
  }

  nullableString(): string | undefined {
    const length = this.int16();
    return length < 0 ? undefined : this.bytes(length).toString('utf8');
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  /** Zigzag-encoded variable-length integer, as in the records of a batch. */
  varint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#buffer.readUInt8(this.#take(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new WireFormatError('a variable-length integer does not end');
  }

  varBytes(): Buffer | undefined {
    const length = this.varint();
    return length < 0 ? undefined : this.bytes(length);
  }
}

/** Builds a request out of the primitive types of the Kafka protocol. */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  #number(bytes: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(bytes);
    write(buffer);
    this.#parts.push(buffer);
    return this;
  }

  int8(value: number): this {
    return this.#number(1, (buffer) => buffer.writeInt8(value));
  }

  int16(value: number): this {
    return this.#number(2, (buffer) => buffer.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#number(4, (buffer) => buffer.writeInt32BE(value));
  }

  int64(value: number): this {
    return this.#number(8, (buffer) => buffer.writeBigInt64BE(BigInt(value)));
  }

  string(value: string): this {
    const bytes = Buffer.from(value);
    this.int16(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** The whole request behind its length, ready to be sent. */
  framed(): Buffer {
    const body = Buffer.concat(this.#parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}
