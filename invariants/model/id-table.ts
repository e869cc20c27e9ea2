const NONE = -1;
const MAX_LOAD = 0.6;
const LEAST_SLOTS = 16;

/**
 * Numbers ids 0, 1, 2 … in the order in which they are added. Does what a `Map<string, number>` does in half the time once there are
 * hundreds of thousands: the join of a harvest's messages is what judging costs. Open addressing, linear probing; the
 * whole id is hashed (FNV-1a), since ids of one kind share long beginnings and ends.
 */
export class IdTable {
  readonly #ids: string[] = [];
  #slots: Int32Array;
  #hashes: Int32Array;

  /** `expected`: about how many ids there will be. */
  constructor(expected: number) {
    let slots = LEAST_SLOTS;
    while (slots * MAX_LOAD < expected) slots *= 2;
    this.#slots = new Int32Array(slots).fill(NONE);
    this.#hashes = new Int32Array(slots);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** The id's number; the next one when it is new. */
  add(id: string): number {
    if (this.#ids.length >= this.#slots.length * MAX_LOAD) this.#grow();
    const hash = hashOf(id);
    const slot = this.#slotOf(id, hash);
    const known = this.#slots[slot] ?? NONE;
    if (known !== NONE) return known;
    this.#slots[slot] = this.#ids.length;
    this.#hashes[slot] = hash;
    return this.#ids.push(id) - 1;
  }

  /** The id's number; -1 when it was never added. */
  find(id: string): number {
    return this.#slots[this.#slotOf(id, hashOf(id))] ?? NONE;
  }

  /** Where the id stands, or the free slot where it would. */
  #slotOf(id: string, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? NONE;
      if (number === NONE || (this.#hashes[slot] === hash && this.#ids[number] === id)) return slot;
    }
  }

  #grow(): void {
    const slots = this.#slots;
    const hashes = this.#hashes;
    this.#slots = new Int32Array(slots.length * 2).fill(NONE);
    this.#hashes = new Int32Array(slots.length * 2);
    const mask = this.#slots.length - 1;
    slots.forEach((number, from) => {
      if (number === NONE) return;
      const hash = hashes[from] ?? 0;
      let slot = hash & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = number;
      this.#hashes[slot] = hash;
    });
  }
}

/** FNV-1a, its high bits mixed into the low ones that choose the slot. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15);
}
