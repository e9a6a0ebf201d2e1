/** YAML: documents, anchors, tags, comments, errors. */
import YAML from "yaml";
import { attempt } from "../kit.mjs";

const TEXT = `# head comment
anchors:
  base: &base { name: x, list: [1, 0x1F, 1e3, .inf, ~, yes, "no"] }
  derived: # about derived
    <<: *base
    name: y
block: |
  keep
    indent

folded: >-
  one
  two

  three
? [complex, key]
: - nested
  - - deeper
    - !!set { a, b }
quoted: "tab\\t\\u263A \\x41"
date: 2001-12-14t21:59:43.10-05:00
ordered: !!omap [ b: 1, a: 2 ]
empty:
... # the end
---
second: document
`;

const BROKEN = [
  "a: b: c",
  "[1, 2",
  "key: 'open",
  "a: 1\na: 2",
  "\tx: 1",
  "- a\nb",
  "*missing",
  "%YAML 9.9\n---\na",
  "a: !!int x",
  "{a: 1,, b}",
];

export default function main() {
  const documents = YAML.parseAllDocuments(TEXT, { merge: true, customTags: ["timestamp", "set", "omap"] });
  return {
    values: documents.map((document) => shown(document.toJS({ mapAsMap: true }))),
    printed: documents.map(String),
    errors: BROKEN.map((text) => YAML.parseDocument(text).errors.map((error) => [error.code, error.message, error.linePos])),
    thrown: attempt(() => YAML.parse("a: [")),
    edited: edited(),
    visited: visited(),
    custom: custom(),
    written: [
      YAML.stringify({ a: [1, { b: null, c: "yes", d: "multi\nline\n" }], e: { f: [] }, g: "# not a comment", h: "0123" }),
      YAML.stringify(
        { z: 1, a: { y: [1, 2], x: "long text ".repeat(12) } },
        { sortMapEntries: true, lineWidth: 40, flowCollectionPadding: false, collectionStyle: "flow" },
      ),
    ],
    reviver: YAML.parse("a: 1\nb: [2, 3]", (key, value) => (typeof value === "number" ? value * 10 : value)),
    shared: shared(),
    tokens: [...new YAML.Lexer().lex("a: [b, 'c'] # d\n")],
    tree: [...new YAML.Parser().parse("- a\n- b: c\n")].map((token) => YAML.CST.stringify(token)),
  };
}

function shown(value) {
  return JSON.parse(
    JSON.stringify(value, (_, item) =>
      item instanceof Map ? [...item] : item instanceof Set ? { set: [...item] } : item === Infinity ? "inf" : item,
    ),
  );
}

function edited() {
  const document = YAML.parseDocument("# list\nitems:\n  - a # first\n  - b\n");
  document.addIn(["items"], document.createNode({ c: [1, 2] }, { flow: true }));
  document.setIn(["made", "up"], true);
  document.deleteIn(["items", 1]);
  document.get("items").items[0].commentBefore = " before";
  document.contents.items.sort((a, b) => (a.key.value < b.key.value ? 1 : -1));
  return [String(document), document.getIn(["items", 1, "c", 0]), document.hasIn(["no"]), document.toJSON()];
}

function visited() {
  const document = YAML.parseDocument("a: { b: [1, two, 3] }\nc: two");
  const seen = [];
  YAML.visit(document, {
    Pair: (_, pair) => void seen.push(`pair ${pair.key}`),
    Scalar(key, node, path) {
      seen.push(`${key} ${node.value} ${path.length}`);
      if (node.value === "two") node.value = 2;
      return node.value === 3 ? YAML.visit.REMOVE : undefined;
    },
  });
  return [seen, String(document)];
}

function custom() {
  class Point {
    constructor(x, y) {
      Object.assign(this, { x, y });
    }
  }
  const tag = {
    tag: "!point",
    identify: (value) => value instanceof Point,
    resolve: (text) => new Point(...text.split(",").map(Number)),
    stringify: ({ value }) => `${value.x},${value.y}`,
  };
  const value = YAML.parse("at: !point 1,2\n", { customTags: [tag] });
  return [value.at instanceof Point, YAML.stringify({ p: new Point(3, 4), ...value }, { customTags: [tag] })];
}

function shared() {
  const item = { n: 1 };
  const cyclic = { item, again: item };
  cyclic.self = cyclic;
  const text = YAML.stringify(cyclic);
  const back = YAML.parse(text);
  return [text, back.self === back, back.item === back.again];
}
