/** Makes a failing program smaller as long as it fails in the same way. Many candidates are compiled at once: one compilation costs a second or two. */
import { compare, type Finding } from "./compare.ts";
import { type Node, print, smaller } from "./tree.ts";

/** Characters compiled at once, which takes a few seconds. */
const BATCH = 250_000;

export interface Shrunk {
  readonly tree: Node;
  readonly finding: Finding;
}

export function shrink(tree: Node, finding: Finding, onRound: (size: number) => void = () => {}): Shrunk {
  let best: Shrunk = { tree, finding };
  for (;;) {
    const next = oneSmaller(best);
    if (next === undefined) return best;
    best = next;
    onRound(print(best.tree).length);
  }
}

/** The smallest failing candidate of the first batch that has one. */
function oneSmaller({ tree, finding }: Shrunk): Shrunk | undefined {
  const candidates = [...smaller(tree)]
    .map((made) => ({ tree: made, text: print(made) }))
    .sort((a, b) => a.text.length - b.text.length);
  const count = Math.max(8, Math.floor(BATCH / print(tree).length));
  for (let start = 0; start < candidates.length; start += count) {
    const batch = candidates.slice(start, start + count);
    const { findings } = compare(batch.map(({ text }, index) => ({ name: `c${index}`, text })));
    const same = findings.find((other) => signature(other) === signature(finding));
    if (same) return { tree: batch[Number(same.program.name.slice(1))]!.tree, finding: same };
  }
  return undefined;
}

/** What went wrong, without the details that change while a program shrinks. */
export function signature({ variant, actual, expected }: Finding): string {
  const kind = (outcome: string): string =>
    /^(broken \w+|error \w+|did not end|value)/.exec(outcome)?.[1] ?? outcome.slice(0, 60);
  return variant === "compiler"
    ? actual.outcome.split("\n")[0]!
    : `${variant}: ${kind(expected.outcome)}, ${kind(actual.outcome)}`;
}
