/** Schemas: parsing, errors, transforms, recursion. */
import * as z from "zod";
import { attempt } from "../kit.mjs";

z.config({ jitless: true });

const Address = z.object({
  street: z.string().min(3),
  zip: z.string().regex(/^\d{5}$/),
  tags: z
    .array(z.enum(["home", "work"]))
    .max(2)
    .optional(),
});

const User = z
  .object({
    id: z.number().int().positive(),
    email: z.email(),
    role: z.union([z.literal("admin"), z.literal("user")]).default("user"),
    born: z.coerce.date(),
    address: Address.nullable(),
    settings: z.record(z.string(), z.union([z.boolean(), z.number()])),
    pair: z.tuple([z.string(), z.number()]).rest(z.boolean()),
  })
  .strict()
  .refine((user) => user.role !== "admin" || user.id < 10, { message: "admins have small ids", path: ["id"] });

const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), r: z.number().gt(0) }),
  z.object({ kind: z.literal("box"), w: z.number(), h: z.number() }),
]);

const Category = z.object({
  name: z.string(),
  get children() {
    return z.array(Category);
  },
});

const GOOD = {
  id: 3,
  email: "a@b.example",
  role: "admin",
  born: "2000-01-02",
  address: { street: "Main", zip: "12345", tags: ["home"] },
  settings: { a: true, b: 2 },
  pair: ["x", 1, true],
};

const BAD = [
  { ...GOOD, id: -1.5, email: "nope" },
  { ...GOOD, id: 12 },
  { ...GOOD, extra: 1, settings: { a: "x" } },
  { ...GOOD, address: { street: "M", zip: "1", tags: ["home", "work", "else"] } },
  { ...GOOD, pair: ["x", 1, 2], born: "never" },
  undefined,
];

export default function main() {
  return {
    good: User.parse(GOOD),
    bad: BAD.map((value) => issues(User.safeParse(value))),
    formatted: [
      z.prettifyError(User.safeParse(BAD[3]).error),
      z.flattenError(User.safeParse(BAD[0]).error),
      z.treeifyError(User.safeParse(BAD[2]).error),
    ],
    shapes: [{ kind: "circle", r: 1 }, { kind: "circle", r: -1 }, { kind: "star" }, { kind: "box", w: 1 }].map((value) =>
      issues(Shape.safeParse(value)),
    ),
    recursive: [
      Category.parse({ name: "a", children: [{ name: "b", children: [] }] }),
      issues(Category.safeParse({ name: "a", children: [{ name: 1 }] })),
    ],
    transformed: transformed(),
    derived: derived(),
    strings: strings(),
    collections: collections(),
    thrown: [
      attempt(() => z.string().parse(5)),
      attempt(() => z.number().int().min(5).parse(1.5)),
      attempt(() => z.never().parse(1)),
      attempt(() =>
        z
          .string()
          .transform(() => {
            throw new RangeError("inside");
          })
          .parse("x"),
      ),
    ],
    json: z.toJSONSchema(z.object({ a: z.string().describe("the a"), b: Address.optional(), c: z.array(z.number().min(1)) })),
  };
}

function issues(result) {
  return result.success
    ? result.data
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code} ${issue.message}`);
}

function transformed() {
  const length = z
    .string()
    .trim()
    .toUpperCase()
    .transform((text, context) => {
      if (text === "BAD") context.addIssue({ code: "custom", message: "bad word" });
      return { text, length: text.length };
    });
  const piped = z
    .preprocess((value) => (typeof value === "string" ? value.split(",") : value), z.array(z.coerce.number()).nonempty())
    .pipe(z.transform((list) => list.reduce((a, b) => a + b, 0)));
  return [
    length.parse("  hey "),
    issues(length.safeParse("bad")),
    piped.parse("1,2,3"),
    issues(piped.safeParse("1,x")),
    z.string().catch("fallback").parse(1),
    z.string().optional().default("d").parse(undefined),
    z.codec(z.string(), z.number(), { decode: Number, encode: String }).decode("7"),
  ];
}

function derived() {
  const partial = Address.partial().extend({ country: z.string().length(2) });
  const picked = Address.pick({ zip: true }).required();
  return [
    issues(partial.safeParse({ country: "DEU" })),
    picked.parse({ zip: "12345", street: "gone" }),
    Object.keys(Address.omit({ zip: true }).shape),
    Address.keyof().options,
    issues(z.intersection(z.object({ a: z.number() }), z.object({ b: z.string() })).safeParse({ a: 1 })),
    z.looseObject({ a: z.number() }).parse({ a: 1, b: 2 }),
    z.object({ a: z.number() }).brand().readonly().parse({ a: 1 }),
  ];
}

function strings() {
  const schemas = {
    url: z.url(),
    uuid: z.uuid(),
    ipv4: z.ipv4(),
    date: z.iso.date(),
    duration: z.iso.duration(),
    base64: z.base64(),
    template: z.templateLiteral(["v", z.number(), ".", z.enum(["a", "b"])]),
  };
  const values = [
    "https://x.example",
    "123e4567-e89b-12d3-a456-426614174000",
    "1.2.3.4",
    "2024-02-29",
    "P3DT4H",
    "aGk=",
    "v12.b",
    "2024-02-30",
  ];
  return Object.entries(schemas).map(
    ([name, schema]) =>
      `${name} ${values.map((value) => Number(attempt(() => schema.safeParse(value).success) === true)).join("")}`,
  );
}

function collections() {
  const map = z.map(z.string(), z.number());
  const set = z.set(z.string().min(2)).min(1);
  return [
    [...map.parse(new Map([["a", 1]]))],
    issues(map.safeParse(new Map([["a", "b"]]))),
    issues(set.safeParse(new Set(["a", "bb"]))),
    issues(z.record(z.enum(["a", "b"]), z.number()).safeParse({ a: 1 })),
    z.lazy(() => z.bigint().multipleOf(3n)).safeParse(9n).success,
    z.instanceof(Date).safeParse(1).success,
    z.nan().safeParse(NaN).success,
    z.function({ input: [z.number()], output: z.string() }).implement((n) => String(n * 2))(4),
    attempt(() => z.function({ input: [z.number()], output: z.string() }).implement((n) => n)(4)),
  ];
}
