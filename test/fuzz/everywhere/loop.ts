/** Loops of all kinds. Each ends, since a condition takes from the program's supply of ticks. */
import { type Node, part, statement } from "../tree.ts";
import { target, targets } from "./assignment.ts";
import { binding } from "./binding.ts";
import { expression } from "./expression.ts";
import { iterable } from "./literal.ts";
import { Names, type State } from "./state.ts";
import { block } from "./statement.ts";
import { holder } from "./access.ts";

export function loop(s: State): Node {
  const label = s.random.chance(0.4) ? `l${s.unique()}` : undefined;
  const loops = label === undefined ? s.place.loops : [...s.place.loops, label];
  const names = new Names(s.names);
  const body = (): Node => s.within({ loops, inLoop: true, inSwitch: false }, new Names(s.names), () => block(s));
  const made = s.within({}, names, () =>
    s.choose<Node>([
      [5, () => counting(s, names, body)],
      [7, () => part`for (${head(s, names)} of ${iterable(s)}) {\nif (!tick()) break;\n${body()}}`],
      [2, () => part`for (${head(s, names)} in ${holder(s)}) {\nif (!tick()) break;\n${body()}}`],
      [2, () => part`while (tick() && ${expression(s)}) {\n${body()}}`],
      [2, () => part`do {\n${body()}} while (tick() && ${expression(s)});`],
    ]),
  );
  return statement`${label === undefined ? "" : `${label}: `}${made}`;
}

/** What a loop over things binds or assigns. */
function head(s: State, names: Names): Node {
  return s.choose<Node>([
    [5, () => part`${s.random.pick(["let", "const"])} ${names.add(names.fresh(s.random), "any")}`],
    [2, () => pattern(s, names)],
    [1, () => part`var V`],
    [1, () => target(s)],
    [1, () => targets(s)],
  ]);
}

function pattern(s: State, names: Names): Node {
  const { text, names: bound } = binding(s, () => names.fresh(s.random));
  for (const name of bound) names.add(name, "any");
  return part`${s.random.pick(["let", "const"])} ${text}`;
}

/** A `for` whose head may make closures over its own variables. */
function counting(s: State, names: Names, body: () => Node): Node {
  const name = names.add(names.fresh(s.random), "any");
  const closure = s.random.chance(0.4)
    ? part`, ${names.add(names.fresh(s.random), "function")} = () => ${s.random.pick([name, `${name}++`, `(${name} += 2)`])}`
    : part``;
  const id = (): string => String(s.unique());
  const test = s.random.chance(0.3) ? part`log(${id()}, ${name} < 3)` : part`${name} < ${String(1 + s.random.below(3))}`;
  const update = s.random.pick([
    part`${name}++`,
    part`log(${id()}, ${name}++)`,
    part`later.push(() => log(${id()}, ${name})), ${name}++`,
  ]);
  const start = String(s.random.below(2));
  return part`for (let ${name} = ${start}${closure}; tick() && ${test}; ${update}) {\n${body()}}`;
}
