/**
 * The strands of a run that have not ended, by number, in the order in which they came into being. Knows which of them came and went since the last commit, so
 * that writing the list costs what changed in it (I7).
 */
import type { Encoder } from "./codec/encoder.js";
import { Patch } from "./codec/format.js";
import { Watch } from "./codec/parts/watch.js";
import type { Strand } from "./strand.js";

export class Strands {
  /** What is saved. */
  readonly map: Map<number, Strand>;
  #came = new Set<number>();
  #went = new Set<number>();

  constructor(map = new Map<number, Strand>()) {
    this.map = map;
  }

  get size(): number {
    return this.map.size;
  }

  /** Main while it lives, the oldest of the others after that. */
  get first(): Strand | undefined {
    return this.map.values().next().value;
  }

  get(id: number): Strand | undefined {
    return this.map.get(id);
  }

  has(strand: Strand): boolean {
    return this.map.get(strand.id) === strand;
  }

  /** Those there are at the moment: a copy, since ending a strand takes it out. */
  list(): Strand[] {
    return [...this.map.values()];
  }

  [Symbol.iterator](): IterableIterator<Strand> {
    return this.map.values();
  }

  add(strand: Strand): void {
    this.map.set(strand.id, strand);
    this.#came.add(strand.id);
  }

  delete(strand: Strand): void {
    if (!this.has(strand)) return;
    this.map.delete(strand.id);
    if (!this.#came.delete(strand.id)) this.#went.add(strand.id);
  }

  /** Everything up to now has been written. */
  written(): void {
    this.#came.clear();
    this.#went.clear();
  }

  /** What `map` is watched by. */
  watch(id: number): Watch {
    return new StrandsWatch(id, this, () => ({ came: this.#came, went: this.#went }));
  }
}

interface Changes {
  readonly came: ReadonlySet<number>;
  readonly went: ReadonlySet<number>;
}

class StrandsWatch extends Watch {
  constructor(
    id: number,
    readonly strands: Strands,
    readonly changes: () => Changes,
  ) {
    super(id);
  }

  isSame(): boolean {
    const { came, went } = this.changes();
    return came.size + went.size === 0;
  }

  patch(out: Encoder): void {
    const { came, went } = this.changes();
    out.byte(Patch.ENTRIES);
    out.uint(went.size);
    for (const id of went) out.value(id);
    out.uint(came.size);
    for (const id of came) {
      out.value(id);
      out.value(this.strands.get(id));
    }
  }
}
