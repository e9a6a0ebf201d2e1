/** Slots of the small table; a power of two. */
const SLOTS = 256;
/** With more strings than this the small table gets slow, and a Map takes over. */
const SMALL = 128;

/**
 * The strings of one image and their numbers. Most images hold a few dozen, and for these a Map costs more than writing the string does: so the first ones are
 * found by length and three of their units, and compared.
 */
export class StringTable {
  #count = 0;
  readonly #slots: (string | undefined)[] = Array.from({ length: SLOTS });
  readonly #numbers = new Uint8Array(SLOTS);
  readonly #used = new Uint8Array(SMALL);
  readonly #all = new Map<string, number>();

  /** The number of `value`, −1 when it was not there; then it gets the next one. At least three units long. */
  add(value: string): number {
    if (this.#count > SMALL) return this.#addToMap(value);
    const length = value.length;
    const mixed = length + value.charCodeAt(0) * 3 + value.charCodeAt(length - 1) * 31 + value.charCodeAt(length >> 1) * 7;
    let slot = mixed & (SLOTS - 1);
    for (let at = this.#slots[slot]; at !== undefined; at = this.#slots[slot]) {
      if (at === value) return this.#numbers[slot]!;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.#count === SMALL) return this.#moveToMap(value);
    this.#slots[slot] = value;
    this.#numbers[slot] = this.#count;
    this.#used[this.#count++] = slot;
    return -1;
  }

  reset(): void {
    const small = Math.min(this.#count, SMALL);
    for (let i = 0; i < small; i++) this.#slots[this.#used[i]!] = undefined;
    if (this.#count > SMALL) this.#all.clear();
    this.#count = 0;
  }

  #addToMap(value: string): number {
    const known = this.#all.get(value);
    if (known !== undefined) return known;
    this.#all.set(value, this.#count++);
    return -1;
  }

  #moveToMap(value: string): number {
    for (let i = 0; i < SMALL; i++) this.#all.set(this.#slots[this.#used[i]!]!, i);
    return this.#addToMap(value);
  }
}
