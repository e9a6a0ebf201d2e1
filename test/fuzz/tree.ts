/**
 * A generated program as a tree of text: enough structure to make it smaller, no more. A statement can be left out or give way to the statements
 * inside it, an expression can give way to a constant or to an expression of its type inside it. What no longer type-checks is thrown away later.
 */

export type Type = "number" | "boolean" | "function" | "list" | "any" | "class";

export interface Node {
  /** A type for an expression; an item is what can be left out of a list. */
  readonly kind: "statement" | "item" | "part" | Type;
  readonly parts: readonly (string | Node)[];
}

/** `` node("number")`hit(${x})` `` */
export function node(kind: Node["kind"]): (strings: TemplateStringsArray, ...inner: (string | Node | readonly Node[])[]) => Node {
  return (strings, ...inner) => ({
    kind,
    parts: strings.flatMap((text, index) => {
      const value = inner[index];
      return [text, ...(value === undefined ? [] : Array.isArray(value) ? (value as readonly Node[]) : [value as string | Node])];
    }),
  });
}

export const statement = node("statement");
export const number = node("number");
export const part = node("part");

export function print(tree: Node): string {
  const text = tree.parts.map((inner) => (typeof inner === "string" ? inner : print(inner))).join("");
  return tree.kind === "statement" ? `${text}\n` : text;
}

const CONSTANTS: Record<Type, string> = {
  number: "1",
  boolean: "true",
  function: "(() => 1)",
  list: "[1]",
  any: "1",
  class: "(class {})",
};

/** Every tree that is `tree` with one thing made smaller, the biggest steps first. */
export function* smaller(tree: Node): Generator<Node> {
  for (const [index, inner] of tree.parts.entries()) {
    if (typeof inner === "string") continue;
    const replaced = (by: readonly (string | Node)[]): Node => ({
      ...tree,
      parts: [...tree.parts.slice(0, index), ...by, ...tree.parts.slice(index + 1)],
    });
    if (inner.kind === "statement") {
      yield replaced([]);
      const nested = within(inner, "statement");
      if (nested.length > 0) yield replaced(nested);
    } else if (inner.kind === "item") {
      yield replaced([]);
    } else if (inner.kind !== "part") {
      const constant = CONSTANTS[inner.kind];
      if (print(inner) !== constant) yield replaced([constant]);
      for (const same of within(inner, inner.kind)) yield replaced([same]);
    }
    for (const made of smaller(inner)) yield replaced([made]);
  }
}

/** The outermost nodes of a kind inside `tree`. */
function within(tree: Node, kind: Node["kind"]): Node[] {
  return tree.parts.flatMap((inner) => {
    if (typeof inner === "string") return [];
    return inner.kind === kind || (kind === "any" && isExpression(inner)) ? [inner] : within(inner, kind);
  });
}

function isExpression(tree: Node): boolean {
  return tree.kind !== "statement" && tree.kind !== "item" && tree.kind !== "part";
}
