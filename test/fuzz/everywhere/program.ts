/** Whole programs, from a seed. */
import { Random } from "../random.ts";
import { type Node, part } from "../tree.ts";
import { State } from "./state.ts";
import { guarded } from "./statement.ts";

/** The text tree of the program of this seed: the body of a function, in strict code. */
export function generate(seed: number): Node {
  const s = new State(new Random(seed));
  s.budget = 60 + s.random.below(120);
  const body = s.within({ hasArguments: false }, s.names, () => guarded(s, 5 + s.random.below(5)));
  return part`const later = [];
try {
${body}} catch (e) { log("end", e); }
for (const f of later) { try { log("later", f(1)); } catch (e) { log("later", e); } }
return later.length;
`;
}
