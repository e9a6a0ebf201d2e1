/**
 * Lets fast-check make programs and shrink those that differ. A program shrinks as the tree it is: parts are left out or give way to smaller ones, as long as
 * the difference stays of the same kind.
 */
import fc from "fast-check";
import { compare, type Difference } from "../../everywhere/compare.ts";
import type { Variant } from "../../everywhere/run.ts";
import { type Node, print, smaller } from "../tree.ts";
import { withHelpers } from "./helpers.ts";
import { generate } from "./program.ts";

export interface Found {
  readonly seed: number;
  readonly difference: Difference;
  /** The program, whole. */
  readonly text: string;
}

export interface Checked {
  readonly found: Found | undefined;
  /** Whether it ran at all: some generated programs are no programs. */
  readonly ran: boolean;
  readonly suspensions: number;
  readonly lines: number;
}

class Programs extends fc.Arbitrary<Node> {
  readonly #seed: number;

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  override generate(): fc.Value<Node> {
    return new fc.Value(generate(this.#seed), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Node {
    return true;
  }

  /** @param from how many candidates of the bigger tree were in vain: the same ones would be again, so that they come last */
  override shrink(value: Node, from: unknown): fc.Stream<fc.Value<Node>> {
    return new fc.Stream(candidates(value, typeof from === "number" ? from : 0));
  }
}

function* candidates(tree: Node, from: number): Generator<fc.Value<Node>, void> {
  let index = 0;
  for (const made of allSmaller(tree)) if (index++ >= from) yield new fc.Value(made, index - 1);
  index = 0;
  for (const made of allSmaller(tree)) {
    if (index++ >= from) return;
    yield new fc.Value(made, index - 1);
  }
}

/** Long lists lose their halves first. */
function* allSmaller(tree: Node): Generator<Node, void> {
  yield* halved(tree);
  yield* smaller(tree);
}

function* halved(tree: Node): Generator<Node, void> {
  const removable = tree.parts.flatMap((inner, index) =>
    typeof inner !== "string" && (inner.kind === "statement" || inner.kind === "item") ? [index] : [],
  );
  if (removable.length >= 4) {
    const middle = removable.length >> 1;
    for (const gone of [removable.slice(middle), removable.slice(0, middle)])
      yield { ...tree, parts: tree.parts.filter((_, index) => !gone.includes(index)) };
  }
  for (const [index, inner] of tree.parts.entries())
    if (typeof inner !== "string") for (const made of halved(inner)) yield { ...tree, parts: tree.parts.with(index, made) };
}

/** Every suspension, none, and some: which of them depends on the seed. */
function variantsOf(seed: number): Variant[] {
  const every = 2 + (seed % 5);
  return ["never", "always", `${every}/${seed % every}`];
}

/** Patience with candidates that never end. */
const PATIENCE_MS = 1_500;

/** Runs the program of this seed. What differs is shrunk for at most `shrinkMs`, if its kind is wanted. */
export async function check(seed: number, shrinkMs = 60_000, isWanted: (kind: string) => boolean = () => true): Promise<Checked> {
  const state = { found: undefined as Found | undefined, ran: false, suspensions: 0, lines: 0 };
  let end = Infinity;
  const fails = async (tree: Node): Promise<boolean> => {
    if (Date.now() > end) return false;
    const text = withHelpers(print(tree));
    const variant = state.found?.difference.variant;
    const variants = variant === undefined ? variantsOf(seed) : variant === "compiler" ? [] : [variant];
    const comparison = await compare(text, variants, PATIENCE_MS).catch(() => undefined);
    if (!state.ran && comparison)
      Object.assign(state, { ran: true, suspensions: comparison.suspensions, lines: comparison.native.trace.length });
    const difference = comparison?.difference;
    if (!difference || (state.found && kindOf(difference) !== kindOf(state.found.difference))) return false;
    state.found ??= { seed, difference, text };
    if (end === Infinity) end = isWanted(kindOf(difference)) ? Date.now() + shrinkMs : 0;
    state.found = { seed, difference, text };
    return true;
  };
  const property = fc.asyncProperty(new Programs(seed), async (tree) => !(await fails(tree)));
  await fc.check(property, { numRuns: 1, seed });
  return state;
}

/** What went wrong, without the details that change while a program shrinks. */
export function kindOf({ variant, expected, actual }: Difference): string {
  if (variant === "compiler") return actual;
  const kind = (line: string): string => /\w*Error\b|^stopped|^nothing/.exec(line)?.[0] ?? "value";
  return `${variant === "never" ? "compiled" : "restored"}: ${kind(expected)}, ${kind(actual)}`;
}

/** A file to be dropped into `fixtures/everywhere`. */
export function fixtureOf({ seed, difference, text }: Found): string {
  const { variant, expected, actual } = difference;
  return [`// seed ${seed}, ${variant}`, `//   expected ${expected}`, `//   actual   ${actual}`, text].join("\n");
}
