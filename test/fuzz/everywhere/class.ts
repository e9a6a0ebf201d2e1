/** Classes: everything that can stand in one. */
import { type Node, node, part, statement } from "../tree.ts";
import { any, expression, leaf } from "./expression.ts";
import { accessor, functionParts, method } from "./function.ts";
import { computedKey, elements } from "./literal.ts";
import { Names, NO_JUMPS, type Place, type State } from "./state.ts";
import { statements } from "./statement.ts";

const type = node("class");

interface Private {
  readonly name: string;
  readonly kind: "field" | "method" | "get" | "set" | "both";
  readonly isStatic: boolean;
}

export function classExpression(s: State): Node {
  if (s.isLean) return reference(s);
  const name = s.random.chance(0.3) ? new Names(s.names).fresh(s.random) : "";
  return type`(${classText(s, name)})`;
}

/** `class name … {…}`. */
export function classText(s: State, name: string): Node {
  s.budget -= 3;
  const parent = s.random.chance(0.55) ? heritage(s) : undefined;
  const names = new Names(s.names);
  if (name !== "") names.add(name, "class", s.random.chance(0.1));
  const own = privateNames(s);
  const privates = [
    ...s.place.privates.filter((outer) => !own.some((inner) => inner.name === outer)),
    ...own.map((each) => each.name),
  ];
  const make = (): Node => {
    const members = [...own.flatMap((each) => privateMember(s, each)), ...s.times(1, 4, () => member(s))];
    if (s.random.chance(0.6)) members.push(constructor(s, parent !== undefined));
    return part`class ${name}${parent ? part` extends ${parent}` : ""} {\n${shuffled(s, members)}}`;
  };
  return s.within({ privates, canYield: false }, names, () => s.spending(45 - 12 * s.place.depth, make));
}

function shuffled(s: State, members: Node[]): Node[] {
  return members
    .map((member) => [s.random.next(), member] as const)
    .sort(([a], [b]) => a - b)
    .map(([, member]) => member);
}

function heritage(s: State): Node {
  const known = s.names.visible("class");
  return s.choose<Node>([
    [known.length > 0 ? 8 : 0, () => part`${s.random.pick(known).name}`],
    [2, () => part`log(${String(s.unique())}, Base)`],
    [3, () => part`Base`],
    [1, () => part`${s.random.pick(["Array", "Error", "Map", "Object", "Function"])}`],
    [s.isLean ? 0 : 1, () => classExpression(s)],
    [0.3, () => part`null`],
    [0.2, () => part`(${leaf(s)})`],
  ]);
}

function privateNames(s: State): Private[] {
  const kinds = ["field", "field", "method", "get", "set", "both"] as const;
  return s.times(0, 2, (index) => ({ name: `#${"abc"[index]!}`, kind: s.random.pick(kinds), isStatic: s.random.chance(0.3) }));
}

function privateMember(s: State, { name, kind, isStatic }: Private): Node[] {
  const prefix = isStatic ? "static " : "";
  const place: Partial<Place> = { hasSuper: true, canConstruct: false };
  if (kind === "field") return [field(s, part`${prefix}${name}`)];
  if (kind === "method") return [statement`${prefix}${method(s, name, place)}`];
  const accessors = kind === "both" ? (["get", "set"] as const) : [kind];
  return accessors.map((each) => statement`${prefix}${accessor(s, name, place, each)}`);
}

/** The initializer is like a method's body. */
function field(s: State, key: Node): Node {
  if (s.random.chance(0.15)) return statement`${key};`;
  const value = s.within(initializer(s), new Names(s.names), () => expression(s));
  return statement`${key} = ${value};`;
}

function initializer(s: State): Partial<Place> {
  return {
    ...NO_JUMPS,
    hasThis: true,
    hasSuper: true,
    canConstruct: false,
    hasArguments: false,
    hasTarget: true,
    canReturn: false,
    canYield: false,
    depth: s.place.depth + 1,
  };
}

function member(s: State): Node {
  s.budget--;
  const prefix = s.random.chance(0.3) ? "static " : "";
  const key = s.random.chance(0.7) ? part`${s.random.pick(["p", "q", "m", "n", '"r s"', "0"])}` : part`[${computedKey(s)}]`;
  const place: Partial<Place> = { hasSuper: true, canConstruct: false };
  return s.choose<Node>([
    [5, () => statement`${prefix}${method(s, key, place)}`],
    [3, () => statement`${prefix}${accessor(s, key, place)}`],
    [5, () => field(s, part`${prefix}${key}`)],
    [2, () => staticBlock(s)],
  ]);
}

function staticBlock(s: State): Node {
  return s.within(initializer(s), new Names(s.names), () => statement`static {\n${statements(s, 1 + s.random.below(2))}}`);
}

function constructor(s: State, isDerived: boolean): Node {
  const place: Partial<Place> = { hasArguments: true, hasTarget: true, hasThis: true, hasSuper: true, canConstruct: isDerived };
  const before = isDerived && s.random.chance(0.85);
  const { parameters, body } = functionParts(s, place, s.random.below(3));
  const args = s.within(place, new Names(s.names), () => elements(s));
  return statement`constructor(${parameters}) {\n${before ? superCall(s, args) : ""}${body}}`;
}

function superCall(s: State, args: Node[]): Node {
  const call = part`super(${args})`;
  return s.choose<Node>([
    [6, () => statement`${call};`],
    [1, () => statement`log(${String(s.unique())}, ${call});`],
    [1, () => statement`try { ${call}; } finally { log(${String(s.unique())}, "made"); }`],
    [1, () => statement`(() => ${call})();`],
    [0.5, () => statement`try { this.p; } catch (e) { log(${String(s.unique())}, e); ${call}; }`],
  ]);
}

function reference(s: State): Node {
  const known = s.names.visible("class");
  return known.length > 0 ? type`${s.random.pick(known).name}` : type`Base`;
}

export function construction(s: State): Node {
  const of = !s.isLean && s.place.depth < 2 && s.random.chance(0.2) ? classExpression(s) : reference(s);
  return s.choose<Node>([
    [7, () => any`new ${of}(${elements(s)})`],
    [1, () => any`new (log(${String(s.unique())}, ${of}))(${elements(s)})`],
    [1, () => any`Reflect.construct(${of}, [${elements(s)}], ${reference(s)})`],
    [0.5, () => any`new (${expression(s)})(${elements(s)})`],
    [0.5, () => any`${of}.${s.random.pick(["p", "q", "m", "name"])}`],
  ]);
}
