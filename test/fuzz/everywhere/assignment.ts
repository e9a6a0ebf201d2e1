/** Assignments: to variables, members, private members, and through patterns. */
import { type Node, node, part } from "../tree.ts";
import { holder, step } from "./access.ts";
import { expression, leaf } from "./expression.ts";
import { computedKey, item, iterable, object } from "./literal.ts";
import type { State } from "./state.ts";

/** Something that can be assigned; what it evaluates first is logged. */
export function target(s: State): Node {
  return targetWith(s, step);
}

/** What `+=` and its like read first: the engine converts a key twice there, so that it has to be one already. */
function updated(s: State): Node {
  return targetWith(s, () =>
    s.random.chance(0.5) ? part`.${s.random.pick(["p", "q", "m"])}` : part`[log(${String(s.unique())}, "p")]`,
  );
}

function targetWith(s: State, step: (s: State) => Node): Node {
  const variables = s.names.visible("any", true);
  return s.choose<Node>([
    [variables.length > 0 ? 7 : 0, () => part`${s.random.pick(variables).name}`],
    [3, () => part`${holder(s)}${step(s)}`],
    [2, () => part`log(${String(s.unique())}, ${holder(s)})${step(s)}`],
    [s.names.variables.length > 0 ? 0.3 : 0, () => part`${s.random.pick(s.names.variables).name}`],
  ]);
}

export function assignment(s: State): Node {
  return s.choose<Node>([
    [5, () => part`${target(s)} = ${expression(s)}`],
    [4, () => part`${updated(s)} ${s.random.pick(["+=", "-=", "*=", "**=", "|=", ">>="])} ${expression(s)}`],
    [3, () => part`${updated(s)} ${s.random.pick(["||=", "&&=", "??="])} ${expression(s)}`],
    [2, () => part`${updated(s)}${s.random.pick(["++", "--"])}`],
    [1, () => part`${s.random.pick(["++", "--"])}${updated(s)}`],
    [s.isLean ? 0 : 4, () => part`${arrayTargets(s)} = ${iterable(s)}`],
    [s.isLean ? 0 : 3, () => part`${objectTargets(s)} = ${source(s)}`],
  ]);
}

/** An object to take apart. */
export function source(s: State): Node {
  return s.choose<Node>([
    [3, () => object(s)],
    [3, () => holder(s)],
    [1, () => expression(s)],
    [0.3, () => leaf(s)],
  ]);
}

/** The target of an assignment that is a pattern, for the head of a loop as well. */
export function targets(s: State): Node {
  return s.random.chance(0.5) ? arrayTargets(s) : objectTargets(s);
}

function element(s: State): Node {
  s.budget -= 2;
  const to = s.budget > 20 && s.random.chance(0.15) ? targets(s) : target(s);
  return s.random.chance(0.4) ? part`${to} = ${expression(s)}` : to;
}

function arrayTargets(s: State): Node {
  const list = s.times(0, 3, () => (s.random.chance(0.12) ? item`, ` : item`${element(s)}, `));
  const rest = s.random.chance(0.25) ? item`...${target(s)}` : part``;
  return pattern`[${list}${rest}]`;
}

function objectTargets(s: State): Node {
  const list = s.times(0, 3, (index) => propertyTarget(s, index === 0));
  const rest = list.length > 0 && s.random.chance(0.25) ? item`...${target(s)}` : part``;
  return pattern`{ ${list}${rest} }`;
}

/** The engine evaluates the first target before it finds that there is nothing to take apart, unless its key is computed. */
function propertyTarget(s: State, isFirst: boolean): Node {
  if (isFirst || s.random.chance(0.4)) return item`[${computedKey(s)}]: ${element(s)}, `;
  return item`${s.random.pick(["p", "q", "m", "length"])}: ${element(s)}, `;
}

const pattern = node("part");
