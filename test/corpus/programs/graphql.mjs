/** A schema: parsed, validated, executed, printed, and visited. */
import { buildSchema, graphqlSync, introspectionFromSchema, parse, print, printSchema, validate, visit } from "graphql";
import { attempt } from "../kit.mjs";

/** The library makes one for each execution; a realm of its own has none. */
globalThis.AbortController = class {
  signal = { aborted: false, addEventListener() {}, removeEventListener() {} };
  abort() {
    this.signal.aborted = true;
  }
};

const SCHEMA = `
  interface Node { id: ID! }
  enum Size { BIG SMALL }
  type Item implements Node { id: ID! parts(first: Int = 2, filter: Filter): [Item!] size: Size owner: Owner broken: Int! }
  union Owner = Item | Person
  type Person { name: String @deprecated(reason: "renamed") }
  input Filter { only: [Int!]! size: Size = BIG }
  type Query { item(id: ID): Item }
`;

const ROOT = {
  item: ({ id }) => ({
    __typename: "Item",
    id,
    parts: ({ first, filter }) => Array.from({ length: first }, (_, index) => ({ id: index + (filter ? filter.size : "") })),
    size: "BIG",
    owner: { __typename: "Person", name: "ada" },
    broken: () => {
      throw new Error("out of order");
    },
  }),
};

const QUERY = parse(`
  query Some($filter: Filter!, $skipped: Boolean = true) { item(id: 3) { ...Parts parts(filter: $filter, first: 3) { id } id @skip(if: $skipped) } }
  fragment Parts on Item { size owner { ... on Person { name } } again: id }
`);

export default function main() {
  const schema = buildSchema(SCHEMA);
  const run = (source, variableValues) => graphqlSync({ schema, source, rootValue: ROOT, variableValues });
  return {
    results: [
      run(print(QUERY), { filter: { only: [1] } }),
      run(print(QUERY), { filter: { only: "x" }, skipped: false }),
      run("{ item { broken id } }"),
      run("{ nothing }"),
      run("{ item("),
    ],
    invalid: validate(schema, parse("query A { item(id: {}) { id { x } ...None } } query A { __typename }")).map(String),
    schema: printSchema(schema),
    kinds: introspectionFromSchema(schema).__schema.types.map((type) => `${type.kind} ${type.name}`),
    edited: print(
      visit(QUERY, {
        Field: { leave: (node) => (node.name.value === "id" ? null : undefined) },
        Name: (node) => ({ ...node, value: `${node.value}_` }),
      }),
    ),
    errors: [
      attempt(() => buildSchema("type A { a: Missing }")),
      attempt(() => parse('{ a(b: "open) }')),
      attempt(() => buildSchema("type Query { a: Int a: Int }")),
    ],
  };
}
