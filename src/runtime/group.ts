/**
 * What a strand waits for in `all`, `settle`, `race`, `any` and `map`: strands of its own, its children. Decides what each end of a child means; the scheduler
 * starts, cancels and wakes. Plain data that goes into the image.
 *
 *     running ── a child decides ──▶ decided ─┐
 *        │                                    ├── no child is left ──▶ over: the parent goes on
 *        └── the parent is interrupted ───────┘        (what is left was cancelled; its `finally` blocks may wait)
 *
 * Invariants: no child outlives the group, so whatever runs in a strand ends before the call that started it does; once decided or interrupted, no child begins.
 */
import { AppendWatch } from "./codec/parts/append.js";
import { type Part, registerHandler } from "./codec/handlers.js";
import type { Interrupt, Strand } from "./strand.js";

export type Combinator = "all" | "settle" | "race" | "any" | "map";

/** How a strand ended. */
export type End = { readonly kind: "returned"; readonly value: unknown } | { readonly kind: "threw"; readonly error: unknown };

/** What the parent goes on with, if nothing interrupts it. */
export type Verdict = End & {
  /** The child that brought it about; -1 when it is about all of them. */
  readonly by: number;
};

export class Group {
  readonly kind = "group";
  since = 0;
  /** The first child that has not begun. */
  next = 0;
  /** Index and result of each child that returned, one after the other. Kept while the group can need them. */
  values: unknown[] = [];
  /** Index and error of each child that threw; where these do not decide. */
  errors: unknown[] = [];
  verdict: Verdict | undefined;
  /** What is raised in the parent instead. */
  interrupt: Interrupt | undefined;

  // Found again when an image is loaded.
  /** The strand that waits for it. */
  parent: Strand | undefined;
  readonly children = new Set<Strand>();

  constructor(
    readonly combinator: Combinator,
    /** `map`: what is called with an item and its index. */
    readonly fn: Function | undefined,
    /** The items, otherwise the functions; given up when all have begun. A list of the runtime's own. */
    public items: readonly unknown[] | undefined,
    /** The number of children in all. */
    readonly size: number,
    /** Most children at a time. */
    readonly limit: number,
  ) {}

  /** No further child begins; those that are there are being cancelled. */
  get isDecided(): boolean {
    return this.verdict !== undefined || this.interrupt !== undefined;
  }

  /** Whether the next child can begin. */
  get hasRoom(): boolean {
    return !this.isDecided && this.next < this.size && this.children.size < this.limit;
  }

  /** Nothing is left to wait for. */
  get isOver(): boolean {
    return this.children.size === 0 && (this.isDecided || this.next === this.size);
  }

  /** The function of the next child and what it is called with. */
  take(): { readonly index: number; readonly fn: Function; readonly args: readonly unknown[] } {
    const index = this.next++;
    const item = this.items![index];
    if (this.next === this.size) this.items = undefined;
    return this.fn === undefined ? { index, fn: item as Function, args: [] } : { index, fn: this.fn, args: [item, index] };
  }

  /** Takes the end of a child. False: nobody will be told of it. */
  childEnded(index: number, end: End): boolean {
    if (this.isDecided) return false;
    switch (this.combinator) {
      case "all":
      case "map":
        if (end.kind === "returned") this.values.push(index, end.value);
        else this.verdict = { ...end, by: index };
        return true;
      case "settle":
        if (end.kind === "returned") this.values.push(index, end.value);
        else this.errors.push(index, end.error);
        return true;
      case "race":
        this.verdict = { ...end, by: index };
        return true;
      case "any":
        if (end.kind === "returned") this.verdict = { ...end, by: index };
        else this.errors.push(index, end.error);
        return true;
    }
  }

  /** How the call ends. Only once it is over, and nothing interrupts it. */
  end(): End {
    if (this.verdict !== undefined) return this.verdict;
    if (this.combinator === "settle") return { kind: "returned", value: this.#settled() };
    if (this.combinator === "any") return { kind: "threw", error: allFailed(this.#inOrder(this.errors)) };
    return { kind: "returned", value: this.#inOrder(this.values) };
  }

  #inOrder(pairs: readonly unknown[]): unknown[] {
    const list = Array.from<unknown>({ length: this.size });
    for (let at = 0; at < pairs.length; at += 2) list[pairs[at] as number] = pairs[at + 1];
    return list;
  }

  #settled(): object[] {
    const list = this.#inOrder(this.values).map((value): object => ({ status: "fulfilled", value }));
    const { errors } = this;
    for (let at = 0; at < errors.length; at += 2) list[errors[at] as number] = { status: "rejected", reason: errors[at + 1] };
    return list;
  }
}

/** What `any` throws: the errors in the order of the functions. */
export function allFailed(errors: readonly unknown[]): AggregateError {
  const what = errors.length === 0 ? "it was given no function" : `all ${errors.length} functions failed`;
  return new AggregateError(errors, `any: ${what}`);
}

registerHandler<Group>({
  name: "Group",
  prototype: Group.prototype,
  fields: ["combinator", "fn", "items", "size", "limit", "next", "values", "errors", "verdict", "interrupt", "since"],
  save: ({ combinator, fn, items, size, limit, next, values, errors, verdict, interrupt, since }) => [
    combinator,
    fn,
    items,
    size,
    limit,
    next,
    values.length === 0 ? undefined : values,
    errors.length === 0 ? undefined : errors,
    verdict,
    interrupt,
    since,
  ],
  parts({ items, values, errors, verdict, interrupt }) {
    const parts: Part[] = [
      { node: values, watch: (id) => new AppendWatch(id, values) },
      { node: errors, watch: (id) => new AppendWatch(id, errors) },
    ];
    for (const node of [items, verdict, interrupt]) if (node !== undefined) parts.push({ node });
    return parts;
  },
  create: () => new Group("all", undefined, undefined, 0, 0),
  restore(group, [combinator, fn, items, size, limit, next, values, errors, verdict, interrupt, since]) {
    const fields = { combinator, fn, items, size, limit, next, verdict, interrupt, since };
    Object.assign(group, fields, { values: values ?? [], errors: errors ?? [] });
  },
});
