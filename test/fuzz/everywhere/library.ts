/** Built-in functions that call back into the program. */
import type { Node } from "../tree.ts";
import { any, coercible, expression } from "./expression.ts";
import { functionExpression } from "./function.ts";
import { iterable, list } from "./literal.ts";
import type { State } from "./state.ts";

export function builtIn(s: State): Node {
  const f = (): Node => functionExpression(s);
  return s.choose<Node>([
    [3, () => any`${list(s)}.${s.random.pick(["map", "forEach", "filter", "find", "some", "flatMap"])}(${f()})`],
    [1, () => any`${list(s)}.reduce(${f()}, ${expression(s)})`],
    [1, () => any`${list(s)}.sort(${f()})`],
    [1, () => any`Array.from(${iterable(s)}, ${f()})`],
    [1, () => any`new Map([[${expression(s)}, ${expression(s)}]])`],
    [1, () => any`new Set(${iterable(s)})`],
    [1, () => any`String(${coercible(s)})`],
    [1, () => any`Number(${coercible(s)})`],
    [1, () => any`Object.${s.random.pick(["assign", "entries", "values", "keys"])}(${expression(s)}, ${expression(s)})`],
    [1, () => any`JSON.stringify({ toJSON: ${f()} })`],
    [
      1,
      () => any`Reflect.${s.random.pick(["get", "has", "set"])}(obj(${String(s.unique())}), ${coercible(s)}, ${expression(s)})`,
    ],
    [1, () => any`Math.max(...${iterable(s)})`],
    [1, () => any`[${expression(s)}].${s.random.pick(["join", "includes", "concat", "toString"])}(${coercible(s)})`],
  ]);
}
