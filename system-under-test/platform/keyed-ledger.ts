import { AppendOnlyFile } from './append-only-file.ts';

export interface KeyedLedgerOptions<Account, Entry> {
  /** NDJSON file, one entry per line. */
  readonly path: string;
  /** Reads an entry from a line's JSON; throws when it is not one. */
  readonly parse: (value: unknown) => Entry;
  readonly keyOf: (entry: Entry) => string;
  /** The account of a key without entries. */
  readonly empty: Account;
  readonly apply: (account: Account, entry: Entry) => Account;
  /** Told when the file cannot be written any more; the owner should end its process. */
  readonly onFailure: (error: Error) => void;
}

/**
 * An append-only ledger whose state is one account per idempotency key, folded from the key's entries: what a
 * witness answers from. The file is the truth; the accounts are rebuilt from it at start.
 *
 * An answer may only leave the process when every entry that it rests on is durable. That includes a replay for a
 * second request that finds the first one's entry still on its way to the disk.
 */
export class KeyedLedger<Account, Entry extends { readonly seq: number }> implements AsyncDisposable {
  readonly #options: KeyedLedgerOptions<Account, Entry>;
  readonly #file: AppendOnlyFile;
  readonly #accounts = new Map<string, { readonly account: Account; readonly durable: Promise<void> }>();
  readonly #durableEntries: Entry[] = [];
  #lastSeq = 0;

  private constructor(options: KeyedLedgerOptions<Account, Entry>, file: AppendOnlyFile) {
    this.#options = options;
    this.#file = file;
  }

  /** @throws when a complete line cannot be read: a ledger that was tampered with must not be built upon. */
  static async open<Account, Entry extends { readonly seq: number }>(
    options: KeyedLedgerOptions<Account, Entry>,
  ): Promise<KeyedLedger<Account, Entry>> {
    const { file, lines } = await AppendOnlyFile.open(options.path);
    try {
      const ledger = new KeyedLedger(options, file);
      for (const [index, line] of lines.entries()) ledger.#restore(line, index + 1);
      return ledger;
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Adds the entry that `decide` returns for the key's account and the next place in the ledger, or nothing, and
   * resolves to the account once it is durable. Requests with one key are decided one after the other.
   */
  async update(key: string, decide: (account: Account, seq: number) => Entry | undefined): Promise<Account> {
    const current = this.#accounts.get(key) ?? { account: this.#options.empty, durable: Promise.resolve() };
    const entry = decide(current.account, this.#lastSeq + 1);
    if (entry === undefined) {
      await current.durable;
      return current.account;
    }
    const account = this.#options.apply(current.account, entry);
    this.#lastSeq = entry.seq;
    const durable = this.#append(entry);
    this.#accounts.set(key, { account, durable });
    await durable;
    return account;
  }

  /** Every durable entry in the order of `seq`. */
  entries(): readonly Entry[] {
    return this.#durableEntries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #append(entry: Entry): Promise<void> {
    try {
      await this.#file.append(JSON.stringify(entry));
    } catch (error) {
      this.#options.onFailure(new Error(`${this.#options.path} cannot be written`, { cause: error }));
      throw error;
    }
    this.#durableEntries.push(entry);
  }

  #restore(line: string, lineNumber: number): void {
    const { path, parse, keyOf, empty, apply } = this.#options;
    try {
      const entry = parse(JSON.parse(line));
      if (entry.seq !== lineNumber) throw new Error(`seq is ${entry.seq}, expected ${lineNumber}`);
      const account = apply(this.#accounts.get(keyOf(entry))?.account ?? empty, entry);
      this.#accounts.set(keyOf(entry), { account, durable: Promise.resolve() });
      this.#durableEntries.push(entry);
      this.#lastSeq = entry.seq;
    } catch (error) {
      throw new Error(`${path}:${lineNumber} is not a ledger entry; move the file away to start a new ledger`, {
        cause: error,
      });
    }
  }
}
