/** Array and object literals. */
import { type Node, node, part } from "../tree.ts";
import { any, expression, leaf } from "./expression.ts";
import { accessor, functionExpression, method } from "./function.ts";
import { generatorObject } from "./generator.ts";
import type { State } from "./state.ts";

export const item = node("item");
const listed = node("list");

export function list(s: State): Node {
  return listed`[${elements(s, true)}]`;
}

/** Elements or arguments. */
export function elements(s: State, holes = false): Node[] {
  return s.times(0, 3, () =>
    s.choose<Node>([
      [6, () => item`${expression(s)}, `],
      [1.5, () => item`...${iterable(s)}, `],
      [holes ? 0.7 : 0, () => item`, `],
    ]),
  );
}

/** Something that can be iterated, most often by code of the program. */
export function iterable(s: State): Node {
  const lists = s.names.visible("list");
  s.budget--;
  return s.choose<Node>([
    [lists.length > 0 ? 3 : 0, () => listed`${s.random.pick(lists).name}`],
    [4, () => custom(s)],
    [s.isLean ? 0.1 : 3, () => listed`[${s.isLean ? "" : elements(s, true)}]`],
    [s.budget > 0 ? 3 : 0, () => listed`${generatorObject(s)}`],
    [s.budget > 0 ? 0.7 : 0, () => listed`{ [Symbol.iterator]: ${functionExpression(s)} }`],
    [0.5, () => listed`"xyz"`],
    [0.2, () => listed`${leaf(s)}`],
  ]);
}

const ENDS = ["", "", "", ', "throws"', ', "number"', ', "none"'];

function custom(s: State): Node {
  return listed`iter(${String(s.unique())}, ${String(s.random.below(4))}${s.random.pick(ENDS)})`;
}

const KEYS = ["p", "q", "m", "0", '"r s"', "length"];

export function key(s: State): Node {
  if (s.random.chance(0.65)) return part`${s.random.pick(KEYS)}`;
  return part`[${computedKey(s)}]`;
}

/** What stands in brackets: names that exist, conversions, symbols. */
export function computedKey(s: State): Node {
  return s.choose<Node>([
    [4, () => any`log(${String(s.unique())}, "${s.random.pick(["p", "q", "m"])}")`],
    [2, () => any`prim(${String(s.unique())}, "${s.random.pick(["p", "q", "m"])}")`],
    [1, () => any`Symbol.iterator`],
    [1, () => any`sym`],
    [1, () => expression(s)],
  ]);
}

export function object(s: State): Node {
  const properties = s.times(0, 4, () => property(s));
  // Only one may stand in a literal.
  const prototype = s.random.chance(0.1) ? item`__proto__: ${expression(s)}, ` : part``;
  return any`({ ${prototype}${properties} })`;
}

function property(s: State): Node {
  s.budget--;
  const variables = s.names.visible(undefined);
  const inObject = { hasSuper: true, canConstruct: false };
  return s.choose<Node>([
    [6, () => item`${key(s)}: ${expression(s)}, `],
    [2, () => item`${method(s, key(s), inObject)}, `],
    [2, () => item`${accessor(s, key(s), inObject)}, `],
    [1, () => item`...${expression(s)}, `],
    [variables.length > 0 ? 1 : 0, () => item`${s.random.pick(variables).name}, `],
    [1, () => item`${key(s)}: ${functionExpression(s)}, `],
  ]);
}
