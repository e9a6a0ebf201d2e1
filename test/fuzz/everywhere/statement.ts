/** Statements, leaning towards jumps out of `try` and `finally`, closures over variables that change, and use before declaration. */
import { type Node, part, statement } from "../tree.ts";
import { assignment, source } from "./assignment.ts";
import { binding } from "./binding.ts";
import { classText } from "./class.ts";
import { expression } from "./expression.ts";
import { arrow, plainFunction } from "./function.ts";
import { generatorFunction, generatorObject, plan } from "./generator.ts";
import { elements, iterable, list, object } from "./literal.ts";
import { loop } from "./loop.ts";
import { type Guess, Names, type State } from "./state.ts";

/** The statements of a block, some of whose declarations are already used before they run. */
export function statements(s: State, length: number): Node[] {
  const later = s.budget > 15 && s.random.chance(0.25) ? hoisted(s) : undefined;
  const made = s.times(length, length, () => oneStatement(s));
  return later ? made.toSpliced(s.random.below(length + 1), 0, later()) : made;
}

/** A declaration whose name is visible from the start of the block: rightly for functions, too early for `let` and classes. */
function hoisted(s: State): () => Node {
  const kind = s.random.pick(["function", "function", "generator", "let", "class"] as const);
  const name = s.names.fresh(s.random);
  s.names.add(name, kind === "let" ? "any" : kind);
  switch (kind) {
    case "function":
      return () => statement`${plainFunction(s, name)}`;
    case "generator":
      return () => statement`${generatorFunction(s, name)}`;
    case "class":
      return () => statement`${classText(s, name)}`;
    default:
      return () => statement`let ${name} = ${expression(s)};`;
  }
}

export function block(s: State, length = 1 + s.random.below(3), names = new Names(s.names)): Node {
  return s.within({}, names, () => part`${statements(s, length)}`);
}

/** Statements of which most do not end what follows them when they throw. */
export function guarded(s: State, length: number): Node[] {
  return s.times(length, length, () => {
    if (s.random.chance(0.25)) return oneStatement(s);
    return statement`try {\n${block(s, 1)}} catch (e) {\nlog("caught", e);\n}`;
  });
}

function oneStatement(s: State): Node {
  s.blocks++;
  const isSimple = s.blocks > 5 || s.budget < 0;
  const made = s.choose<Node>([
    [9, () => statement`log(${String(s.unique())}, ${expression(s)});`],
    [7, () => declaration(s)],
    [3, () => patternDeclaration(s)],
    [6, () => statement`(${assignment(s)});`],
    [3, () => jump(s)],
    ...(isSimple ? [] : compound(s)),
  ]);
  s.blocks--;
  return made;
}

function compound(s: State): [number, () => Node][] {
  return [
    [3, () => statement`if (${expression(s)}) {\n${block(s)}}${s.random.chance(0.5) ? part` else {\n${block(s)}}` : ""}`],
    [9, () => loop(s)],
    [8, () => tryStatement(s)],
    [4, () => switchStatement(s)],
    [2, () => labelled(s)],
    [1, () => statement`{\n${block(s)}}`],
    [4, () => closure(s)],
    [4, () => declared(s)],
    [3, () => driven(s)],
    [2, () => disposable(s)],
    [s.place.canYield ? 6 : 0, () => statement`log(${String(s.unique())}, yield ${expression(s)});`],
  ];
}

function declaration(s: State): Node {
  if (s.random.chance(0.15)) return variable(s);
  const [guess, value] = s.choose<[Guess, Node]>([
    [6, () => ["any", expression(s)]],
    [2, () => ["list", list(s)]],
    [2, () => ["object", object(s)]],
    [1, () => ["object", part`obj(${String(s.unique())})`]],
    [1, () => ["list", generatorObject(s)]],
  ]);
  const keyword = s.random.chance(0.65) ? "let" : "const";
  const isBare = keyword === "let" && s.random.chance(0.1);
  const name = s.names.fresh(s.random);
  s.names.add(name, guess, keyword === "let");
  return statement`${keyword} ${name}${isBare ? "" : part` = ${value}`};`;
}

/** `var` belongs to the function and may be declared again: its names are nobody else's. */
function variable(s: State): Node {
  const name = s.random.pick(["V", "W"]);
  const value = expression(s);
  if (!s.names.visible("any").some((each) => each.name === name)) s.names.add(name, "any");
  return statement`var ${name}${s.random.chance(0.8) ? part` = ${value}` : ""};`;
}

function patternDeclaration(s: State): Node {
  const value = s.random.chance(0.5) ? iterable(s) : source(s);
  const { text, names } = binding(s, () => s.names.fresh(s.random));
  for (const name of names) s.names.add(name, "any");
  return statement`${s.random.pick(["let", "const"])} ${text} = ${value};`;
}

function jump(s: State): Node {
  const { loops, blocks, inLoop, inSwitch, canReturn } = s.place;
  const jumps = [
    ...loops.flatMap((label) => [`break ${label};`, `continue ${label};`]),
    ...blocks.map((label) => `break ${label};`),
  ];
  if (inLoop) jumps.push("continue;", "break;", "continue;");
  else if (inSwitch) jumps.push("break;");
  const made = s.choose<Node>([
    [jumps.length > 0 ? 7 : 0, () => part`${s.random.pick(jumps)}`],
    [canReturn ? 2 : 0, () => part`return ${expression(s)};`],
    [1, () => part`throw ${expression(s)};`],
    [0.5, () => part`null.p;`],
  ]);
  return s.random.chance(0.7) ? statement`if (${expression(s)}) ${made}` : statement`${made}`;
}

function tryStatement(s: State): Node {
  const body = part`try {\n${block(s)}}`;
  const finalizer = (): Node => part` finally {\n${block(s)}}`;
  return s.choose<Node>([
    [5, () => statement`${body}${handler(s)}`],
    [4, () => statement`${body}${finalizer()}`],
    [5, () => statement`${body}${handler(s)}${finalizer()}`],
  ]);
}

function handler(s: State): Node {
  if (s.random.chance(0.15)) return part` catch {\n${block(s)}}`;
  const names = new Names(s.names);
  if (s.random.chance(0.2)) {
    const { text, names: bound } = s.within({}, names, () => binding(s, () => names.fresh(s.random)));
    for (const name of bound) names.add(name, "any");
    return part` catch (${text}) {\n${block(s, undefined, new Names(names, true))}}`;
  }
  const own = s.within({}, names, () => part`${block(s, undefined, new Names(names, true))}`);
  return part` catch (e) {\nlog(${String(s.unique())}, e);\n${own}}`;
}

function switchStatement(s: State): Node {
  const names = new Names(s.names);
  const subject = expression(s);
  const count = 2 + s.random.below(3);
  const fallback = s.random.below(count + 2);
  const clauses = s.within({ inSwitch: true }, names, () =>
    s.times(count, count, (index) => {
      const head = index === fallback ? part`default` : part`case log(${String(s.unique())}, ${expression(s)})`;
      const body = part`${s.times(1, 2, () => oneStatement(s))}`;
      return statement`${head}:\n${body}${s.random.chance(0.5) ? "break;\n" : ""}`;
    }),
  );
  return statement`switch (${subject}) {\n${clauses}}`;
}

function labelled(s: State): Node {
  const label = `b${s.unique()}`;
  return s.within({ blocks: [...s.place.blocks, label] }, s.names, () =>
    s.random.chance(0.5) ? statement`${label}: {\n${block(s)}}` : statement`${label}: ${tryStatement(s)}`,
  );
}

/** A closure that the end of the program calls, when everything has changed. */
function closure(s: State): Node {
  const made = arrow(s);
  if (s.random.chance(0.5)) return statement`later.push(${made});`;
  const name = s.names.fresh(s.random);
  s.names.add(name, "function");
  return statement`${s.random.pick(["let", "const"])} ${name} = ${made};\nlater.push(${name});`;
}

/** A declaration of a function, generator or class. */
function declared(s: State): Node {
  const name = s.names.fresh(s.random);
  const kind = s.random.pick(["function", "generator", "class", "class"] as const);
  s.names.add(name, kind);
  const made = kind === "class" ? classText(s, name) : kind === "function" ? plainFunction(s, name) : generatorFunction(s, name);
  return s.random.chance(0.6) ? part`${statement`${made}`}${used(s, name, kind)}` : statement`${made}`;
}

/** What has been declared is called at once. */
function used(s: State, name: string, kind: "function" | "generator" | "class"): Node {
  const id = String(s.unique());
  if (kind === "class") return statement`log(${id}, new ${name}(${elements(s)}));`;
  if (kind === "function") return statement`log(${id}, ${name}(${elements(s)}));`;
  return statement`pump(${id}, ${name}(${elements(s)}), "${plan(s)}");`;
}

/** A `using` declaration in a block of its own. */
function disposable(s: State): Node {
  const names = new Names(s.names);
  return s.within({}, names, () => {
    const id = String(s.unique());
    const value = s.choose<Node>([
      [4, () => part`{ [Symbol.dispose]() { log(${id}, "disposed"); } }`],
      [1, () => part`{ [Symbol.dispose]() { throw log(${id}, "disposed"); } }`],
      [1, () => part`{ get [Symbol.dispose]() { log(${id}, "read"); return ${arrow(s)}; } }`],
      [1, () => part`null`],
      [1, () => expression(s)],
    ]);
    const name = names.add(names.fresh(s.random), "object", false);
    return statement`{\nusing ${name} = ${value};\n${block(s, undefined, new Names(names, true))}}`;
  });
}

function driven(s: State): Node {
  return statement`pump(${String(s.unique())}, ${generatorObject(s)}, "${plan(s)}");`;
}
