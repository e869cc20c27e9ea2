import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { decodeLedger, encodeLine, type FaultEntry, type HealedBy, type LedgerLine, unhealed } from './ledger-codec.ts';

/**
 * The append-only record of every fault, on disk (fsync) before `begin` and `end` return: whatever dies, and whenever,
 * the next reader knows what may still be broken. One writer at a time, the keeper. Writes are synchronous, because
 * a fault may not overtake its own entry.
 */
export class FaultLedger implements Disposable {
  readonly path: string;
  readonly #descriptor: number;
  readonly #now: () => Date;
  readonly #open = new Map<string, FaultEntry>();
  #isClosed = false;

  /** Opens or creates the ledger and drops a torn last line, so that the next line starts on a line of its own. */
  constructor(path: string, now: () => Date = () => new Date()) {
    this.path = path;
    this.#now = now;
    this.#descriptor = openSync(path, 'a+', 0o600);
    const text = readFileSync(path, 'utf8');
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    if (complete.length < text.length) ftruncateSync(this.#descriptor, Buffer.byteLength(complete));
    for (const entry of unhealed(decodeLedger(complete))) this.#open.set(entry.id, entry);
  }

  /** Records a fault that is about to be injected. Rejects an id that is already open. */
  begin(entry: FaultEntry): void {
    if (this.#open.has(entry.id)) throw new Error(`fault ${entry.id} is already in the ledger and not yet healed`);
    this.#append({ type: 'begin', ...entry, atIso: this.#now().toISOString(), pid: process.pid });
    this.#open.set(entry.id, entry);
  }

  /** Records that a fault is undone. Idempotent. */
  end(id: string, by: HealedBy): void {
    if (!this.#open.has(id)) return;
    this.#append({ type: 'end', id, by, atIso: this.#now().toISOString(), pid: process.pid });
    this.#open.delete(id);
  }

  /** Faults that are not healed, oldest first. */
  open(): readonly FaultEntry[] {
    return [...this.#open.values()];
  }

  #append(line: LedgerLine): void {
    const bytes = Buffer.from(encodeLine(line));
    const sizeBefore = fstatSync(this.#descriptor).size;
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
      }
      fsyncSync(this.#descriptor);
    } catch (error) {
      // A full disk may have taken half a line; the next one must not be glued to it.
      ftruncateSync(this.#descriptor, sizeBefore);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }
}
