/** TOML, read and written. */
import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { attempt } from "../kit.mjs";

const TEXT = `# a document
title = "TOML \\u00e9 \\U0001F600"
[owner]
name = 'literal \\n'
born = 1979-05-27T07:32:00-08:00
days = [1979-05-27, 07:32:00.999, 1979-05-27T00:32:00]
[database]
enabled = true
ports = [ 8000, 8001, [ "nested", { x = 1, "y z" = [2] } ], ]
temp = { cpu = 79.5, case = -1e3, inf = -inf, hex = 0xDEAD_beef, oct = 0o755, bin = 0b1101 }
text = """
first \\
   joined
second "quoted" """
[servers.alpha]
ip.v4 = "10.0.0.1"
ip.v6 = "::1"
[[products]]
name = "Hammer"
[[products]]
[products.size]
w = 1_000
[[products.parts]]
id = 1
[[products.parts]]
id = 2
`;

const BROKEN = [
  "a = ",
  "a = 1\na = 2",
  "[a]\n[a]",
  "a = 01",
  "a = 1__0",
  'a = "\\q"',
  "a = 2024-13-01",
  "[[a]]\n[a]",
  "a.b = 1\na = 2",
  "= 1",
  "a = [1, 2",
  "a = {b = 1, b = 2}",
  'a = "x\ny"',
  "a = tru",
  "a b = 1",
  "a = 9999999999999999999",
];

export default function main() {
  const document = parse(TEXT);
  const text = stringify(document);
  return {
    document: shown(document),
    text,
    round: JSON.stringify(shown(parse(text))) === JSON.stringify(shown(document)),
    dates: document.owner.days
      .concat(document.owner.born)
      .map((date) => [date.toISOString(), date.isDate(), date.isTime(), date.isLocal(), date instanceof TomlDate]),
    big: typeof parse("a = 9007199254740993", { integersAsBigInt: true }).a,
    errors: BROKEN.map((broken) => attempt(() => parse(broken))),
    place: place(),
    refused: [
      attempt(() => stringify({ a: [null] })),
      attempt(() => stringify(5)),
      attempt(() => stringify({ a: Symbol.iterator })),
    ],
    written: stringify({
      "key with space": [{ a: 1 }, { b: [{ c: 2 }] }],
      empty: [],
      mixed: [1, "a", [true]],
      nothing: undefined,
      float: 1.5,
      nan: NaN,
      date: new Date(0),
      big: 12n,
    }),
    many: stringify(
      parse(
        Array.from({ length: 30 }, (_, index) => `[table${index}.sub]\nkey${index} = [${"1, ".repeat(index % 7)}]`).join("\n"),
      ),
    ).length,
  };
}

function place() {
  try {
    return parse("ok = 1\nbad = @");
  } catch (error) {
    return [error instanceof TomlError, error.line, error.column, error.codeblock];
  }
}

function shown(value) {
  return JSON.parse(JSON.stringify(value, (_, item) => (item === Infinity || item === -Infinity ? String(item) : item)));
}
