/** Codecs of the program: `registerCodec`. */
import { expect, test } from "vitest";
import { registerCodec } from "../../src/index.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { handlerNamed } from "../../src/runtime/codec/handlers.js";
import { NotSaveableError, ProgramChangedError, UsageError } from "../../src/shared/errors.js";
import { adder, closure, frame } from "./program.js";
import { round } from "./round.js";

/** A class of a package: state that nobody can see from outside. */
class Money {
  readonly #cents: bigint;
  readonly currency: string;
  constructor(cents: bigint, currency: string) {
    this.#cents = cents;
    this.currency = currency;
  }
  get cents(): bigint {
    return this.#cents;
  }
}
registerCodec(Money, {
  name: "money",
  version: 3,
  encode: (money) => [money.cents, money.currency] as const,
  decode: ([cents, currency], previous) => new Money(previous === 1 ? cents * 100n : cents, currency),
});

/** An instance whose data is whatever it was given. */
class Box {
  readonly #content: unknown;
  constructor(content: unknown) {
    this.#content = content;
  }
  get content(): unknown {
    return this.#content;
  }
}
registerCodec(Box, {
  name: "box",
  version: 1,
  encode: ({ content }) => (typeof content === "function" ? (content as () => unknown)() : content),
  decode: (content) => new Box(content),
});

const refusal = (value: unknown): string => {
  try {
    encode(value);
  } catch (error) {
    expect(error).toBeInstanceOf(NotSaveableError);
    return (error as Error).message;
  }
  throw new Error("it was saved");
};

test("an instance comes back as one of its class, with what its codec saved", () => {
  const back = round({ price: new Money(12_345n, "EUR") });
  expect(back.price).toBeInstanceOf(Money);
  expect([back.price.cents, back.price.currency]).toEqual([12_345n, "EUR"]);
  expect(round(new Money(1n, "X")).cents).toBe(1n);
});

test("identity is kept, wherever the instance is held", () => {
  const price = new Money(5n, "EUR");
  const back = round({
    list: [price, price],
    map: new Map<unknown, unknown>([[price, { price }]]),
    set: new Set([price]),
    error: new Error("x", { cause: price }),
    add: closure(adder, [{ value: price }]),
    frozen: Object.freeze({ price }),
    frame: frame({ price }),
  });
  const [one, two] = back.list;
  expect(one).toBeInstanceOf(Money);
  expect(two).toBe(one);
  expect([...back.map.keys()][0]).toBe(one);
  expect((back.map.get(one) as { price: Money }).price).toBe(one);
  expect(back.set.has(one!)).toBe(true);
  expect(back.error.cause).toBe(one);
  expect(back.frozen.price).toBe(one);
  expect(back.frame.slots.price).toBe(one);
});

test("the data may be anything that can be saved, other instances with codecs included", () => {
  const back = round(new Box({ bytes: Buffer.from("small"), at: new Date(5), nested: new Box([new Money(1n, "EUR")]) }));
  const content = back.content as { bytes: Buffer; at: Date; nested: Box };
  expect(content.bytes.toString()).toBe("small");
  expect(content.at.getTime()).toBe(5);
  expect((content.nested.content as Money[])[0]!.cents).toBe(1n);
});

test("a cycle inside the data is data like any other; one through the instance is refused by name", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const content = round(new Box(cyclic)).content as typeof cyclic;
  expect(content.self).toBe(content);
  const box: Box = new Box(() => ({ box }));
  expect(refusal(frame({ box }))).toMatch(
    /^`box` cannot be saved: the codec "box" encodes it as .*`data\.box` .*leads back to it/,
  );
});

test("data that is held elsewhere, too, is refused: it would become two objects", () => {
  const shared = { n: 1 };
  expect(refusal(frame({ box: new Box(shared), other: { shared } }))).toMatch(
    /^`other\.shared` cannot be saved: the codec "box"/,
  );
  expect(refusal(frame({ other: { shared }, box: new Box(shared) }))).toMatch(
    /^`other\.shared` cannot be saved: the codec "box"/,
  );
  expect(refusal(frame({ a: new Box([shared]), b: new Box([shared]) }))).toMatch(/^`b` cannot be saved: the codec "box"/);
  const price = new Money(1n, "EUR");
  expect(refusal(frame({ price, box: new Box([price]) }))).toMatch(/^`price` cannot be saved/);
  expect(round({ box: new Box(Map.prototype), proto: Map.prototype }).box.content).toBe(Map.prototype);
  expect(encode({ shared })).toEqual(encode({ shared }));
});

test("an encode that throws or answers what cannot be saved is a refusal that names both", () => {
  const failing = new Box(() => {
    throw new Error("no connection");
  });
  expect(refusal(frame({ list: [failing] }))).toMatch(
    /^`list\[0\]` cannot be saved: the codec "box" failed: Error: no connection/,
  );
  expect(refusal(frame({ box: new Box({ deep: Promise.resolve() }) }))).toMatch(
    /^`box` .*`data\.deep` cannot be saved: it is a Promise/,
  );
});

test("it matches by prototype exactly", () => {
  class Coin extends Money {}
  expect(refusal({ coin: new Coin(1n, "EUR") })).toMatch(/it is a Coin/);
});

/** Bytes of a Money, with `change` applied to the fields of the codec. */
function bytesWith(change: (fields: unknown[]) => unknown[]): Uint8Array {
  const handler = handlerNamed("codec:money")! as { save: (value: object, out?: unknown) => readonly unknown[] };
  const { save } = handler;
  handler.save = (value, out) => change([...save(value, out)]);
  try {
    return encode([new Money(7n, "EUR")]);
  } finally {
    handler.save = save;
  }
}

test("older versions are passed to decode, newer ones refused", () => {
  const [old] = decode(bytesWith(([, data]) => [1, data])) as Money[];
  expect(old!.cents).toBe(700n);
  const newer = (): unknown => decode(bytesWith(([, data]) => [4, data]));
  expect(newer).toThrow(ProgramChangedError);
  expect(newer).toThrow(/codec "money" was saved by version 4, and version 3 is registered/);
});

test("a codec nobody registered is named", () => {
  const text = Buffer.from(encode(new Money(7n, "EUR"))).toString("latin1");
  const bytes = Buffer.from(text.replace("codec:money", "codec:mooey"), "latin1");
  expect(() => decode(bytes)).toThrow(/codec "mooey", which nothing loaded here has registered/);
  expect(() => decode(bytes)).toThrow(ProgramChangedError);
});

test("hostile bytes reach decode as data or not at all", () => {
  expect(() => decode(bytesWith(() => ["1", {}]))).toThrow(/damaged/);
  expect(() => decode(bytesWith(() => [3, "\xff\xff"]))).toThrow(/damaged/);
  const evil = encode(JSON.parse('{"__proto__": {"polluted": true}}'));
  const hostile = bytesWith(() => [3, Buffer.from(evil).toString("latin1")]);
  // An object is not the pair that decode expects: its own error is told, and nothing was reached.
  expect(() => decode(hostile)).toThrow(/codec "money" cannot decode data/);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("decode has to answer an instance of the class", () => {
  class Odd {}
  registerCodec(Odd, { name: "odd", version: 1, encode: () => 1, decode: () => ({}) });
  expect(() => decode(encode(new Odd()))).toThrow(/codec "odd" has a decode that answers something else than an Odd/);
});

test("bad registrations", () => {
  class Fresh {}
  const good = { name: "fresh", version: 1, encode: () => 1, decode: () => new Fresh() };
  const attempt = (type: unknown, codec: unknown) => () => registerCodec(type as typeof Fresh, codec as typeof good);
  expect(attempt(Fresh, { ...good, name: "money" })).toThrow(/the name "money" belongs to the codec for Money already/);
  expect(attempt(Money, good)).toThrow(/the class has the codec "money" already/);
  expect(attempt(Fresh, { ...good, name: "" })).toThrow(UsageError);
  expect(attempt(Fresh, { ...good, version: 0 })).toThrow(/version is 0/);
  expect(attempt(Fresh, { ...good, decode: undefined })).toThrow(/encode and decode are functions/);
  expect(attempt(Fresh, undefined)).toThrow(UsageError);
  expect(attempt(() => 1, good)).toThrow(/takes a class/);
  for (const type of [Map, Date, Object, Array, Error, TypeError]) expect(attempt(type, good)).toThrow(/saved without a codec/);
});
