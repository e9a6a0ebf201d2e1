/**
 * A binary heap whose entries may die in it: nobody takes them out, they are dropped when they come to the top or when there are too many of them. So
 * adding and taking cost O(log n) whatever else is in it, and it never holds more than twice what was alive at some time.
 */
const LEAST = 64;

export class LazyQueue<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #isLive: (entry: T) => boolean;
  #heap: T[] = [];
  /** At this length the dead are looked for. */
  #full = LEAST;

  constructor(before: (a: T, b: T) => boolean, isLive: (entry: T) => boolean) {
    this.#before = before;
    this.#isLive = isLive;
  }

  push(entry: T): void {
    if (this.#heap.length >= this.#full) this.#clean();
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** The first entry that lives. */
  peek(): T | undefined {
    while (this.#heap.length > 0 && !this.#isLive(this.#heap[0]!)) this.#removeFirst();
    return this.#heap[0];
  }

  /** Takes the first entry that lives. */
  pop(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #clean(): void {
    this.#heap = this.#heap.filter((entry) => this.#isLive(entry));
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
    this.#full = Math.max(LEAST, 2 * this.#heap.length);
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const entry = heap[from]!;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#before(entry, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = entry;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from]!;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#before(heap[below + 1]!, heap[below]!)) below++;
      if (!this.#before(heap[below]!, entry)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = entry;
  }
}
