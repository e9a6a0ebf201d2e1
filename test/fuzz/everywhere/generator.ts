/** Generators: how they are written, what they yield, and who drives them. */
import { type Node, part } from "../tree.ts";
import { any, expression, logged } from "./expression.ts";
import { functionParts } from "./function.ts";
import { elements, iterable } from "./literal.ts";
import type { State } from "./state.ts";

const PLAIN = {
  hasArguments: true,
  hasTarget: true,
  hasThis: true,
  hasSuper: false,
  canConstruct: false,
  canYield: true,
} as const;

/** `function* name(…) {…}`. */
export function generatorFunction(s: State, name: string): Node {
  const { parameters, body } = functionParts(s, PLAIN, 2 + s.random.below(3));
  return part`function* ${name}(${parameters}) {\n${body}}`;
}

export function yielding(s: State): Node {
  return s.choose<Node>([
    [5, () => any`(yield ${expression(s)})`],
    [3, () => logged(s, () => part`yield ${expression(s)}`)],
    [1, () => any`(yield)`],
    [3, () => any`(yield* ${iterable(s)})`],
  ]);
}

/** A new generator object, perhaps driven a little. */
export function generatorObject(s: State): Node {
  const known = s.names.visible("generator");
  const isNew = known.length === 0 || (s.random.chance(0.3) && s.place.depth < 2 && !s.isLean);
  if (isNew && (s.place.depth > 2 || s.isLean)) return any`iter(${String(s.unique())}, 2)`;
  const object = isNew ? part`(${generatorFunction(s, "")})(${elements(s)})` : part`${s.random.pick(known).name}(${elements(s)})`;
  return s.random.chance(0.3) ? any`pump(${String(s.unique())}, ${object}, "${plan(s)}")` : any`${object}`;
}

/** What is called on the object: next, return or throw. */
export function plan(s: State): string {
  return s.times(1, 4, () => s.random.pick(["n", "n", "n", "r", "t"])).join("");
}
