/** What happened, one line an event: kept as a hash, and as text when somebody wants to read it. */
export class Trace {
  readonly #lines: string[] | undefined;
  #low = 0x811c9dc5;
  #high = 0x9dc5811c;
  #count = 0;

  constructor(isKept: boolean) {
    this.#lines = isKept ? [] : undefined;
  }

  /** Number of lines so far. */
  get count(): number {
    return this.#count;
  }

  add(at: number, who: string, what: string): void {
    const line = `${clock(at)} ${who.padEnd(8)} ${what}`;
    this.#count++;
    this.#lines?.push(line);
    // FNV-1a twice, with two offsets.
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ code, 0x01000197);
    }
  }

  get hash(): string {
    return [this.#low, this.#high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }
}

/** Days, hours, minutes, seconds and milliseconds since the beginning. */
function clock(ms: number): string {
  const parts = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
  return `${parts.join(":")}.${String(Math.floor(ms % 1_000)).padStart(3, "0")}`;
}
