/** Expressions of any kind. Most operands go through `log`, so that the order of evaluation shows. */
import { type Node, node, part } from "../tree.ts";
import { chain, member, superAccess } from "./access.ts";
import { assignment } from "./assignment.ts";
import { classExpression, construction } from "./class.ts";
import { call, functionExpression, invoked } from "./function.ts";
import { generatorObject, yielding } from "./generator.ts";
import { builtIn } from "./library.ts";
import { list, object } from "./literal.ts";
import type { State } from "./state.ts";

export const any = node("any");

export function expression(s: State): Node {
  s.budget--;
  s.nesting++;
  const made = s.isLean ? leaf(s) : inner(s);
  s.nesting--;
  return made;
}

const LEAVES = ["0", "1", "2", "3", '"s"', '"p"', "undefined", "null", "true", "2n", "-0", '"q"', '""'];

export function leaf(s: State): Node {
  const variables = s.names.visible(undefined);
  return s.choose<Node>([
    [variables.length > 0 ? 6 : 0, () => any`${s.random.pick(variables).name}`],
    [3, () => any`${s.random.pick(LEAVES)}`],
    [4, () => any`log(${String(s.unique())}, ${s.random.pick(LEAVES)})`],
    [s.place.hasThis ? 1 : 0, () => any`this`],
    [s.place.hasArguments ? 0.5 : 0, () => any`arguments[${String(s.random.below(2))}]`],
    [s.place.hasArguments ? 0.3 : 0, () => any`arguments.length`],
    [s.place.hasTarget ? 0.3 : 0, () => any`new.target`],
  ]);
}

function inner(s: State): Node {
  const e = (): Node => expression(s);
  const hasYield = s.place.canYield;
  return s.choose<Node>([
    [6, () => leaf(s)],
    [9, () => logged(s, e)],
    [4, () => operator(s)],
    [2, () => any`(${e()} ? ${e()} : ${e()})`],
    [1, () => any`(${e()}, ${e()})`],
    [2, () => any`(${e()} ${s.random.pick(["&&", "||", "??"])} ${e()})`],
    [2, () => any`(${s.random.pick(["-", "!", "typeof ", "void ", "+", "~"])}${e()})`],
    [1, () => template(s)],
    [2, () => any`tag\`${template(s, true)}\``],
    [6, () => any`(${assignment(s)})`],
    [3, () => list(s)],
    [4, () => object(s)],
    [5, () => member(s)],
    [4, () => chain(s)],
    [5, () => call(s)],
    [1, () => functionExpression(s)],
    [4, () => invoked(s)],
    [s.place.depth < 2 ? 1 : 0, () => classExpression(s)],
    [3, () => construction(s)],
    [2, () => generatorObject(s)],
    [2, () => coercible(s)],
    [2, () => builtIn(s)],
    [hasYield ? 12 : 0, () => yielding(s)],
    [s.place.hasSuper ? 4 : 0, () => superAccess(s)],
    [s.place.canConstruct ? 2 : 0, () => any`super(${e()})`],
  ]);
}

export function logged(s: State, make: () => Node): Node {
  return any`log(${String(s.unique())}, ${make()})`;
}

const OPERATORS = ["+", "+", "-", "*", "%", "**", "<", ">=", "==", "===", "!=", "&", "|", ">>>", "in", "instanceof"];

function operator(s: State): Node {
  return any`(${operand(s)} ${s.random.pick(OPERATORS)} ${operand(s)})`;
}

function operand(s: State): Node {
  return s.random.chance(0.35) ? coercible(s) : expression(s);
}

/** An object that converts to a primitive by code of the program. */
export function coercible(s: State): Node {
  const id = String(s.unique());
  return s.choose<Node>([
    [3, () => any`prim(${id}, ${expression(s)})`],
    [2, () => any`old(${id}, ${expression(s)})`],
    [1, () => any`({ [Symbol.toPrimitive](hint) { log(${id}, hint); return ${expression(s)}; } })`],
    [1, () => any`({ [Symbol.hasInstance](v) { return log(${id}, v); } })`],
  ]);
}

function template(s: State, bare = false): Node {
  const parts = s.times(1, 3, () => part`t\${${expression(s)}}`);
  return bare ? part`${parts}\\u0041` : any`\`${parts}\``;
}
