import type { KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import type { Dedupe } from '../dedupe/redis-dedupe.ts';
import { type ReadRecord, type RecordPlace, readRecord } from '../kafka/record-codec.ts';
import { type Subscription, UnreadableMessageError } from '../kafka/subscription.ts';
import type { IncomingMessage, Store } from '../store.ts';
import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';
import { traceMessage } from '../tracing/trace-message.ts';

export interface InboxOptions<Tx> {
  readonly store: Store<Tx>;
  readonly subscriptions: readonly Subscription<Tx>[];
  readonly deadLettersTopic: string;
  readonly dedupe: Dedupe;
  readonly log: Logger;
  readonly random: () => number;
  /** Aborts when the service stops: what has not been handled then is left for the next process. */
  readonly signal: AbortSignal;
}

const BACKOFF: BackoffRange = { minMs: 50, maxMs: 1_000 };
const REASON_MAX_LENGTH = 2_000;

/**
 * Applies each message's effect exactly once. The inbox row and the effect are one transaction; the cache in front
 * only saves a look into the inbox. A handler that fails is tried again in place for ever, because skipping a message
 * would lose its effect; a message that can never be read becomes a dead letter, through the outbox.
 */
export class Inbox<Tx> {
  readonly #options: InboxOptions<Tx>;

  constructor(options: InboxOptions<Tx>) {
    this.#options = options;
  }

  /** Resolves true once the record needs no handling any more, false when the service stops first. */
  async handle(place: RecordPlace, record: KafkaMessage): Promise<boolean> {
    const read = readRecord(place, record);
    return traceMessage(read.message, () => this.#handleUntilDone(place, record, read));
  }

  async #handleUntilDone(place: RecordPlace, record: KafkaMessage, first: ReadRecord): Promise<boolean> {
    const { log, signal, random } = this.#options;
    let read = first;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const outcome = await this.#handleOnce(place, record, read);
        log.debug({ type: read.message.type, message_id: read.message.id, outcome }, 'message handled');
        return true;
      } catch (error) {
        if (error instanceof UnreadableMessageError && read.kind === 'readable') {
          read = { kind: 'unreadable', message: read.message, reason: error.message };
          continue;
        }
        failures += 1;
        log.warn(
          { err: error, type: read.message.type, message_id: read.message.id, failures },
          'message not handled yet',
        );
        await sleep(backoffMs(failures, BACKOFF, random), signal);
      }
    }
    return false;
  }

  async #handleOnce(place: RecordPlace, record: KafkaMessage, read: ReadRecord): Promise<string> {
    const { dedupe, store } = this.#options;
    const { message } = read;
    if (await dedupe.hasSeen(message.id)) return 'duplicate';
    const outcome =
      read.kind === 'readable'
        ? await store.handleOnce(
            message,
            async (unit) => (await this.#handlerOf(message)?.run(unit, message)) ?? 'ignored',
          )
        : await this.#bury(place, record, message, printable(read.reason));
    await dedupe.remember(message.id);
    return outcome;
  }

  #handlerOf(message: IncomingMessage) {
    const subscription = this.#options.subscriptions.find(({ topic }) => topic === message.topic);
    return subscription?.handlers[message.type] ?? subscription?.handlers['*'];
  }

  async #bury(place: RecordPlace, record: KafkaMessage, message: IncomingMessage, reason: string): Promise<string> {
    const outcome = await this.#options.store.handleOnce(message, async (unit) => {
      await unit.publish({
        topic: this.#options.deadLettersTopic,
        aggregateId: message.aggregateId,
        type: 'dead-letter',
        payload: {
          reason,
          topic: place.topic,
          partition: place.partition,
          offset: record.offset,
          message_id: message.id,
          type: message.type,
          // Bytes as they came: they may be no text at all.
          value_base64: record.value?.toString('base64') ?? null,
        },
        ...(message.sagaId === undefined ? {} : { sagaId: message.sagaId }),
        ...(message.orderId === undefined ? {} : { orderId: message.orderId }),
      });
      return 'dead-lettered';
    });
    this.#options.log.error({ message_id: message.id, reason }, 'unreadable message kept as dead letter');
    return outcome;
  }
}

/** A reason may quote the message, at any length, and databases refuse NUL and unpaired surrogates. */
const printable = (reason: string): string =>
  reason.slice(0, REASON_MAX_LENGTH).toWellFormed().replaceAll('\0', '\ufffd');
