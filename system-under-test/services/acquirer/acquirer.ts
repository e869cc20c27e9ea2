import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyedLedger } from '#sut/platform/keyed-ledger.ts';
import {
  applyEntry,
  type ChargeAnswer,
  decideCharge,
  decideReversal,
  isSameRequest,
  type KeyAccount,
  type ReversalStatus,
} from './charge-decision.ts';
import { type ChargeEntry, type ChargeRequest, chargeEntrySchema } from './charge-entry.ts';

export interface AcquirerOptions {
  /** Folder of the ledger, made when it is missing. */
  readonly dataDir: string;
  /** How long the card networks take: half before the decision, half between the durable entry and the answer. */
  readonly processingDelayMs: number;
  /** The ledger cannot be written any more: the process should end. */
  readonly onFailure: (error: Error) => void;
}

/**
 * The card processor. It is a witness: its ledger is written by nobody else and is on the disk before an answer
 * leaves, so that what a merchant was told and what is in the ledger never disagree.
 */
export class Acquirer implements AsyncDisposable {
  readonly #ledger: KeyedLedger<KeyAccount, ChargeEntry>;
  readonly #halfDelayMs: number;

  private constructor(ledger: KeyedLedger<KeyAccount, ChargeEntry>, halfDelayMs: number) {
    this.#ledger = ledger;
    this.#halfDelayMs = halfDelayMs;
  }

  static async open({ dataDir, processingDelayMs, onFailure }: AcquirerOptions): Promise<Acquirer> {
    const ledger = await KeyedLedger.open<KeyAccount, ChargeEntry>({
      path: join(dataDir, 'acquirer-ledger.ndjson'),
      parse: (value) => chargeEntrySchema.parse(value),
      keyOf: (entry) => entry.idempotency_key,
      empty: {},
      apply: applyEntry,
      onFailure,
    });
    return new Acquirer(ledger, processingDelayMs / 2);
  }

  /** Charges at most once per key. `undefined`: the key belongs to another request. */
  async charge(key: string, request: ChargeRequest): Promise<ChargeAnswer | undefined> {
    await delay(this.#halfDelayMs);
    const { charge } = await this.#ledger.update(key, (account, seq) => {
      const record = decideCharge(account, key, request);
      return record && { ...record, seq };
    });
    await delay(this.#halfDelayMs);
    return charge !== undefined && isSameRequest(charge.request, request) ? charge.answer : undefined;
  }

  /** Refunds the key's capture, or forbids the key for ever; the same answer each time. */
  async reverse(key: string, orderId: string): Promise<ReversalStatus> {
    await delay(this.#halfDelayMs);
    const { reversal } = await this.#ledger.update(key, (account, seq) => {
      const record = decideReversal(account, key, orderId);
      return record && { ...record, seq };
    });
    await delay(this.#halfDelayMs);
    if (reversal === undefined) throw new Error(`key ${key} was reversed and has no reversal: the fold is wrong`);
    return reversal;
  }

  entries(): readonly ChargeEntry[] {
    return this.#ledger.entries();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ledger[Symbol.asyncDispose]();
  }
}
