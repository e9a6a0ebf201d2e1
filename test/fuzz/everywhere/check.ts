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

  override shrink(value: Node): fc.Stream<fc.Value<Node>> {
    return new fc.Stream(candidates(value));
  }
}

function* candidates(tree: Node): Generator<fc.Value<Node>, void> {
  for (const made of smaller(tree)) yield new fc.Value(made, undefined);
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
    const comparison = await compare(text, variantsOf(seed), PATIENCE_MS).catch(() => undefined);
    if (!state.ran && comparison) Object.assign(state, { ran: true, suspensions: comparison.suspensions, lines: comparison.native.trace.length });
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
