/** Members: read, called, deleted, in optional chains, private and of `super`. */
import { type Node, part } from "../tree.ts";
import { any, expression, leaf } from "./expression.ts";
import { computedKey, elements, object } from "./literal.ts";
import type { State } from "./state.ts";

const NAMES = ["p", "q", "m", "n", "length", "constructor"];

/** An object that most likely has the usual members. */
export function holder(s: State): Node {
  const objects = [...s.names.visible("object"), ...s.names.visible("class")];
  return s.choose<Node>([
    [objects.length > 0 ? 6 : 0, () => any`${s.random.pick(objects).name}`],
    [4, () => any`obj(${String(s.unique())})`],
    [s.place.hasThis ? 4 : 0, () => any`this`],
    [s.isLean ? 0 : 2, () => object(s)],
    [1, () => any`(${leaf(s)})`],
  ]);
}

/** `.p`, `[k]` or `.#p`. */
export function step(s: State): Node {
  const { privates } = s.place;
  return s.choose<Node>([
    [4, () => part`.${s.random.pick(NAMES)}`],
    [2, () => part`[${computedKey(s)}]`],
    [privates.length > 0 ? 5 : 0, () => part`.${s.random.pick(privates)}`],
  ]);
}

/** A proxy, for operations on which its traps are called in a fixed order: enumerating is not among them. */
function proxied(s: State): Node {
  const id = String(s.unique());
  return s.choose<Node>([
    [3, () => any`proxy(${id}, { p: 1, m(x) { return x; } })${step(s)}`],
    [1, () => any`(proxy(${id}, { p: 1 }).${s.random.pick(NAMES)} ${s.random.pick(["=", "+=", "??="])} ${expression(s)})`],
    [1, () => any`({ ...proxy(${id}, { p: 1, m: ${expression(s)} }) })`],
    [
      1,
      () => any`new (proxy(${id}, ${s.random.pick(["Base", "function f(x) { return log(x, new.target); }"])}))(${expression(s)})`,
    ],
    [1, () => any`(${expression(s)} in proxy(${id}, Base))`],
  ]);
}

export function member(s: State): Node {
  const { privates } = s.place;
  return s.choose<Node>([
    [5, () => any`${holder(s)}${step(s)}`],
    [4, () => any`${holder(s)}${step(s)}(${elements(s)})`],
    [1, () => any`(delete ${holder(s)}${s.random.chance(0.5) ? part`.p` : part`[${computedKey(s)}]`})`],
    [1, () => any`(${expression(s)}).name`],
    [0.7, () => proxied(s)],
    [privates.length > 0 ? 2 : 0, () => any`(${s.random.pick(privates)} in ${holder(s)})`],
  ]);
}

/** `a?.b(…)?.[k].c`, perhaps deleted or called in parentheses. */
export function chain(s: State): Node {
  const start = s.random.chance(0.2) ? part`${s.random.pick(["null", "undefined", "sym"])}` : holder(s);
  const links = part`${link(s, true)}${s.times(0, 3, () => link(s, s.random.chance(0.3)))}`;
  return s.choose<Node>([
    [5, () => any`${start}${links}`],
    // The engine takes a name that is read where the chain has stopped for one that has been checked.
    [1, () => any`(delete ${start}?.${s.random.pick(NAMES)}?.p)`],
    [1, () => any`(delete ${start}?.m()[log(${String(s.unique())}, "p")])`],
    [1, () => any`(${start}${links}.m)(${elements(s)})`],
    [1, () => any`(${start}${links}).p`],
  ]);
}

function link(s: State, isOptional: boolean): Node {
  const { privates } = s.place;
  const mark = isOptional ? "?" : "";
  return s.choose<Node>([
    [4, () => part`${isOptional ? "?." : "."}${s.random.pick(NAMES)}`],
    [2, () => part`${isOptional ? "?." : ""}[${computedKey(s)}]`],
    [3, () => part`${isOptional ? "?." : ""}(${elements(s)})`],
    [1, () => part`${mark}.m(${elements(s)})`],
    [privates.length > 0 ? 3 : 0, () => part`${mark}.${s.random.pick(privates)}`],
  ]);
}

export function superAccess(s: State): Node {
  const at = s.random.chance(0.6) ? part`super.${s.random.pick(NAMES)}` : part`super[${computedKey(s)}]`;
  return s.choose<Node>([
    [4, () => any`${at}(${elements(s)})`],
    [3, () => any`${at}`],
    [2, () => any`(${at} = ${expression(s)})`],
    [1, () => any`(super.${s.random.pick(NAMES)} ${s.random.pick(["+=", "??=", "||=", "&&="])} ${expression(s)})`],
    [0.5, () => any`super.${s.random.pick(NAMES)}++`],
    [0.3, () => any`(delete ${at})`],
  ]);
}
