import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyedLedger } from '#sut/platform/keyed-ledger.ts';
import { type Delivery, deliverySchema, isSameMessage, type MessageRequest } from './message-entry.ts';

export interface MessageProviderOptions {
  /** Folder of the ledger, made when it is missing. */
  readonly dataDir: string;
  /** How long a delivery takes: half before it happens, half between the durable entry and the answer. */
  readonly processingDelayMs: number;
  /** The ledger cannot be written any more: the process should end. */
  readonly onFailure: (error: Error) => void;
}

type MessageLedger = KeyedLedger<Delivery | undefined, Delivery>;

/**
 * The e-mail, SMS and push provider. It is a witness: each message that reached a person is one line of its own ledger,
 * which is on the disk before the sender hears of it.
 */
export class MessageProvider implements AsyncDisposable {
  readonly #ledger: MessageLedger;
  readonly #halfDelayMs: number;

  private constructor(ledger: MessageLedger, halfDelayMs: number) {
    this.#ledger = ledger;
    this.#halfDelayMs = halfDelayMs;
  }

  static async open({ dataDir, processingDelayMs, onFailure }: MessageProviderOptions): Promise<MessageProvider> {
    const ledger: MessageLedger = await KeyedLedger.open<Delivery | undefined, Delivery>({
      path: join(dataDir, 'message-provider-ledger.ndjson'),
      parse: (value) => deliverySchema.parse(value),
      keyOf: (entry) => entry.idempotency_key,
      empty: undefined,
      apply: (_, entry) => entry,
      onFailure,
    });
    return new MessageProvider(ledger, processingDelayMs / 2);
  }

  /** Delivers at most once per key. `conflict`: the key belongs to another message. */
  async send(key: string, request: MessageRequest): Promise<'accepted' | 'conflict'> {
    await delay(this.#halfDelayMs);
    const delivery = await this.#ledger.update(key, (delivered, seq) =>
      delivered === undefined ? { seq, idempotency_key: key, ...request } : undefined,
    );
    await delay(this.#halfDelayMs);
    return delivery !== undefined && isSameMessage(delivery, request) ? 'accepted' : 'conflict';
  }

  deliveries(): readonly Delivery[] {
    return this.#ledger.entries();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ledger[Symbol.asyncDispose]();
  }
}
