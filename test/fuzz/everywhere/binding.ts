/** Patterns that declare names: in declarations, parameters, catch clauses and heads of loops. */
import { type Node, part } from "../tree.ts";
import { expression } from "./expression.ts";
import { computedKey, item } from "./literal.ts";
import type { State } from "./state.ts";

/** A pattern and the names it binds, which the caller makes visible. */
export interface Binding {
  readonly text: Node;
  readonly names: readonly string[];
}

/** @param fresh makes up a name that can be declared */
export function binding(s: State, fresh: () => string): Binding {
  const names: string[] = [];
  const text = s.random.chance(0.5) ? arrayBinding(s, fresh, names) : objectBinding(s, fresh, names);
  return { text, names };
}

function bound(s: State, fresh: () => string, names: string[]): Node {
  s.budget -= 2;
  if (s.budget > 20 && s.random.chance(0.15))
    return part`${withDefault(s, s.random.chance(0.5) ? arrayBinding(s, fresh, names) : objectBinding(s, fresh, names))}`;
  const name = fresh();
  names.push(name);
  return withDefault(s, part`${name}`);
}

function withDefault(s: State, text: Node): Node {
  return s.random.chance(0.4) ? part`${text} = ${expression(s)}` : text;
}

function rest(s: State, fresh: () => string, names: string[]): Node {
  if (s.random.chance(0.75)) return part``;
  const name = fresh();
  names.push(name);
  return part`...${name}`;
}

function arrayBinding(s: State, fresh: () => string, names: string[]): Node {
  const list = s.times(1, 3, () => (s.random.chance(0.12) ? item`, ` : item`${bound(s, fresh, names)}, `));
  return part`[${list}${rest(s, fresh, names)}]`;
}

function objectBinding(s: State, fresh: () => string, names: string[]): Node {
  const list = s.times(1, 3, () =>
    s.random.chance(0.6)
      ? item`${s.random.pick(["p", "q", "m", "length"])}: ${bound(s, fresh, names)}, `
      : item`[${computedKey(s)}]: ${bound(s, fresh, names)}, `,
  );
  return part`{ ${list}${rest(s, fresh, names)} }`;
}
