/** Functions in all forms, and their calls. */
import { type Node, node, part, statement } from "../tree.ts";
import { any, expression } from "./expression.ts";
import { binding } from "./binding.ts";
import { elements } from "./literal.ts";
import { statements } from "./statement.ts";
import { Names, NO_JUMPS, type Place, type State } from "./state.ts";

const fn = node("function");

/** What a function that is neither an arrow function nor a method allows. */
const PLAIN: Partial<Place> = { hasArguments: true, hasTarget: true, hasThis: true, hasSuper: false, canConstruct: false };

interface Parts {
  readonly parameters: Node;
  readonly body: Node;
}

/** Parameters and body of a function, whose names are visible in each other. */
export function functionParts(s: State, place: Partial<Place>, length = 1 + s.random.below(3)): Parts {
  const names = new Names(s.names);
  const depth = s.place.depth + 1;
  const outside: Partial<Place> = { ...NO_JUMPS, canReturn: true, canYield: false, ...place, depth };
  return s.spending(28 - 6 * depth + s.random.below(12), () => {
    const parameters = s.within({ ...outside, canYield: false }, names, () => parameterList(s, names));
    const body = s.within(
      outside,
      new Names(names, true),
      () => part`if (!tick()) return;\n${statements(s, length)}${result(s)}`,
    );
    return { parameters, body };
  });
}

function result(s: State): Node {
  return s.random.chance(0.7) ? statement`return ${expression(s)};` : part``;
}

/** Names become visible one after the other; a default may still name a later one, and is too early then. */
export function parameterList(s: State, names: Names): Node {
  const fresh = (): string => names.fresh(s.random);
  const list = s.times(0, 3, () => {
    s.budget--;
    if (s.random.chance(0.2)) {
      const { text, names: bound } = binding(s, fresh);
      for (const name of bound) names.add(name, "any");
      return part`${text}${s.random.chance(0.4) ? part` = ${expression(s)}` : ""}, `;
    }
    const name = fresh();
    const early = s.random.chance(0.1);
    if (early) names.add(name, "any");
    const made = part`${name}${s.random.chance(0.3) ? part` = ${expression(s)}` : ""}, `;
    if (!early) names.add(name, "any");
    return made;
  });
  if (s.random.chance(0.8)) return part`${list}`;
  const name = fresh();
  names.add(name, "list");
  return part`${list}...${name}`;
}

export function functionExpression(s: State): Node {
  const known = s.names.visible("function");
  if (s.place.depth > 2 || s.isLean)
    return known.length > 0 ? fn`${s.random.pick(known).name}` : fn`((x) => log(${String(s.unique())}, x))`;
  s.budget -= 2;
  return s.choose<Node>([
    [known.length > 0 ? 3 : 0, () => fn`${s.random.pick(known).name}`],
    [5, () => arrow(s)],
    [3, () => fn`(${plainFunction(s, "")})`],
    [1, () => named(s)],
  ]);
}

export function arrow(s: State): Node {
  if (s.random.chance(0.4)) {
    const names = new Names(s.names);
    const place: Partial<Place> = { ...NO_JUMPS, canReturn: true, canYield: false, depth: s.place.depth + 1 };
    return s.within(place, names, () => fn`((${parameterList(s, names)}) => ${expression(s)})`);
  }
  const { parameters, body } = functionParts(s, {});
  return fn`((${parameters}) => {\n${body}})`;
}

/** `function name(…) {…}`. */
export function plainFunction(s: State, name: string): Node {
  const { parameters, body } = functionParts(s, PLAIN);
  return part`function ${name}(${parameters}) {\n${body}}`;
}

/** A function expression that knows itself. */
function named(s: State): Node {
  const names = new Names(s.names);
  const name = names.fresh(s.random);
  names.add(name, "function", s.random.chance(0.5));
  return s.within({}, names, () => fn`(${plainFunction(s, name)})`);
}

/** A method called `key`, perhaps a generator. */
export function method(s: State, key: Node | string, place: Partial<Place>): Node {
  const isGenerator = s.random.chance(0.25);
  const { parameters, body } = functionParts(s, { ...PLAIN, ...place, canYield: isGenerator });
  return part`${isGenerator ? "*" : ""}${key}(${parameters}) {\n${body}}`;
}

export function accessor(s: State, key: Node | string, place: Partial<Place>, kind = s.random.pick(["get", "set"])): Node {
  const names = new Names(s.names);
  if (kind === "set") names.add("v", "any");
  const outside: Partial<Place> = { ...NO_JUMPS, ...PLAIN, canReturn: true, canYield: false, ...place, depth: s.place.depth + 1 };
  const id = String(s.unique());
  return s.within(outside, names, () => {
    const body = s.within(
      {},
      new Names(names, true),
      () => part`if (!tick()) return;\nlog(${id}, "${kind}");\n${statements(s, s.random.below(2))}${result(s)}`,
    );
    return part`${kind} ${key}(${kind === "set" ? "v" : ""}) {\n${body}}`;
  });
}

/** A function to be called: a variable, a member, seldom anything. */
export function call(s: State): Node {
  const known = [...s.names.visible("function"), ...s.names.visible("generator")];
  return s.choose<Node>([
    [known.length > 0 ? 6 : 0, () => any`${s.random.pick(known).name}(${elements(s)})`],
    [1, () => any`log(${String(s.unique())}, ${functionExpression(s)})(${elements(s)})`],
    [1, () => any`${functionExpression(s)}.${s.random.pick(["call", "apply", "bind"])}(${expression(s)}, [${elements(s)}])`],
    [1, () => any`each(${String(s.unique())}, ${functionExpression(s)})`],
    [0.5, () => any`${functionExpression(s)}.length`],
    [0.3, () => any`(${expression(s)})(${elements(s)})`],
  ]);
}

/** A function called where it stands. */
export function invoked(s: State): Node {
  if (s.isLean || s.place.depth > 2) return call(s);
  return any`${s.random.chance(0.5) ? arrow(s) : fn`(${plainFunction(s, "")})`}(${elements(s)})`;
}
