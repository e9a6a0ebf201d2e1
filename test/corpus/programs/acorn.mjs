/** Parses source texts, tokenizes, and reports syntax errors. */
import { getLineInfo, isIdentifierStart, Parser, parse, parseExpressionAt, tokenizer, tokTypes } from "acorn";
import { attempt } from "../kit.mjs";

const MODULE = `
  import fs, { readFile as read, type as kind } from "node:fs";
  export * as all from './all.js';
  export default class Queue extends Base {
    static #count = 0; #items = [1, 2n, .5e-3, 0xFF_FF];
    get size() { return this.#items.length }
    static { Queue.#count += 1; }
    async *[Symbol.asyncIterator]({ a = 1, ...rest } = {}, ...more) { for await (const item of this) yield* item?.next?.(...more) ?? rest; }
  }
  label: for (const [key, value] of Object.entries({ __proto__: null, "quoted key": 1, [computed()]: \`t\${ nested\`x\${1}\` }\` })) {
    if (key in value && !(value instanceof Queue)) continue label; else break;
  }
  const re = /(?<year>\\d{4})-(?:[a-z-]+)*?/giu, f = async x => ({ x, y: await x }), g = (a, b = a ** 2) => { return a ||= b };
  switch (typeof f) { case "function": try { throw new Error(\`no\`) } catch { debugger } finally { void 0 } default: do { g(1) } while (false) }
`;

const BROKEN = [
  "let a = ;",
  "function f( {",
  "const x = 1; const x = 2;",
  "/(/",
  "a => { } ()",
  "'open",
  "0777n",
  "class A { constructor() {} constructor() {} }",
  "break;",
];

export default function main() {
  const tree = parse(MODULE, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const comments = [];
  const tokens = [];
  parse("// one\nlet a /* two */ = 1 <!-- three\n", {
    ecmaVersion: 2020,
    onComment: comments,
    onToken: (token) => tokens.push(token.type.label),
  });
  return {
    tree: outline(tree),
    kinds: kindsOf(tree),
    comments: comments.map(({ type, value, start, end }) => [type, value, start, end]),
    tokens,
    labels: [...tokenizer("a ? /re/g : b / 2 >>>= `x${y}`", { ecmaVersion: 2022 })].map(
      (token) => `${token.type.label} ${String(token.value)}`,
    ),
    expression: outline(parseExpressionAt("ignored + (a?.b.c, d[e]) rest", 10, { ecmaVersion: 2022 })),
    errors: BROKEN.map((text) => attempt(() => parse(text, { ecmaVersion: 2022 }))),
    line: getLineInfo(MODULE, 100),
    starts: [65, 36, 48, 0x1d7d9, 0xaa].map((code) => isIdentifierStart(code)),
    extended: outline(Shouting.parse("hello(world)", { ecmaVersion: 2020 })),
    keyword: tokTypes._while.keyword,
  };
}

/** A plugin overrides a method of the parser. */
const Shouting = Parser.extend(
  (Base) =>
    class extends Base {
      parseIdent(liberal) {
        const node = super.parseIdent(liberal);
        node.name = node.name.toUpperCase();
        return node;
      }
    },
);

/** The tree in short: types, names and positions. */
function outline(node) {
  if (Array.isArray(node)) return node.map(outline);
  if (node === null || typeof node !== "object") return typeof node === "bigint" ? String(node) : node;
  if (node instanceof RegExp) return String(node);
  if (typeof node.type !== "string") return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, outline(value)]));
  const { type, start, end, loc, ...rest } = node;
  const fields = Object.entries(rest).map(([key, value]) => [key, outline(value)]);
  return { is: `${type} ${start}-${end}${loc ? ` ${loc.start.line}:${loc.start.column}` : ""}`, ...Object.fromEntries(fields) };
}

function kindsOf(tree) {
  const counts = new Map();
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!node || typeof node.type !== "string") return;
    counts.set(node.type, (counts.get(node.type) ?? 0) + 1);
    for (const key in node) visit(node[key]);
  };
  visit(tree);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
