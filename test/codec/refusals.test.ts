/** I8: what cannot be saved is refused with the variable, the path, the place and the way out. */
import { createServer, Socket } from "node:net";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { $module } from "../../src/runtime/registry.js";
import { NotSaveableError } from "../../src/shared/errors.js";
import { adder, closure, DeepSafe, frame, InnerVault, Point, Safe, Vault } from "./program.js";

function refusal(value: unknown): NotSaveableError {
  try {
    encode(value);
  } catch (error) {
    expect(error).toBeInstanceOf(NotSaveableError);
    return error as NotSaveableError;
  }
  throw new Error("it was saved");
}

const iced = $module(1, "src/iced.ts");

class Foreign {
  handle = 1;
}

test("the message names variable, path, kind, function, place, line and fix", () => {
  const error = refusal(frame({ order: { socket: new Socket() } }));
  expect(error.message).toBe(
    '`order.socket` cannot be saved: it is a Socket. It is live in checkout at src/checkout.ts:12 (`sleep("3 days");`). ' +
      "Open it inside a step, or let it go out of scope before the suspension.",
  );
  expect(error.path).toBe("order.socket");
});

const bad = () => new Foreign();
test.each<[string, () => unknown]>([
  ["value", bad],
  ["value[3].socket", () => [1, 2, 3, { socket: bad() }]],
  ["order.items[3].socket", () => ({ strands: [{ frames: [frame({ order: { items: [0, 1, 2, { socket: bad() }] } })] }] })],
  ['cache.get("k")', () => frame({ cache: new Map([["k", bad()]]) })],
  ["cache.get(5)", () => frame({ cache: new Map([[5, bad()]]) })],
  ["cache.keys()[1]", () => frame({ cache: new Map([["a", 1] as never, [bad(), 2]]) })],
  ["seen.values()[1]", () => frame({ seen: new Set([1, bad()]) })],
  ["onDone → captured sock", () => frame({ onDone: closure(adder, [bad()]) })],
  ["onDone → captured sock.deep", () => frame({ onDone: closure(adder, [{ deep: bad() }]) })],
  ["onDone → captured this", () => frame({ onDone: closure(adder, [1], bad()) })],
  ["this", () => frame({}, 0, bad())],
  ["this.inner", () => frame({}, 0, { inner: bad() })],
  ['a["not a name"]', () => frame({ a: { "not a name": bad() } })],
  ["a[Symbol(k)]", () => frame({ a: { [Symbol.for("k")]: bad() } })],
  ["a.x (getter)", () => frame({ a: { get x() { return 1; } } })],
  ["e.cause", () => frame({ e: new Error("x", { cause: bad() }) })],
  ["p.x", () => frame({ p: new Point(bad() as never, 1) })],
  ["f.extra", () => frame({ f: Object.assign(closure(adder, [1]), { extra: bad() }) })],
  ["a.list[0]", () => frame({ a: Object.freeze({ list: Object.freeze([bad()]) }) })],
  ["safe.#content.deep", () => frame({ safe: new Safe({ deep: bad() }) })],
  ["list[0].#depth[1]", () => { const safe = new DeepSafe(); (safe.depth as unknown[]).push(bad()); return frame({ list: [safe] }); }],
  ["inner", () => frame({ outer: frame({ inner: bad() }) })],
])("the path %s", (path, make) => {
  expect(refusal(make()).path).toBe(path);
}); // prettier-ignore

test.each<[string, () => unknown, RegExp]>([
  ["a Promise", () => Promise.resolve(1), /it is a Promise.*Await it inside a step/],
  ["a FinalizationRegistry", () => new FinalizationRegistry(() => 1), /it is a FinalizationRegistry.*garbage collector/],
  ["a native function", () => Object.assign(process.cwd.bind(process), {}), /it is a bound function \(bound .*arrow function/],
  ["a bound function", () => (() => 1).bind(null), /it is a bound function/],
  ["a native function of the process", () => process.hrtime, /it is a (native )?function/],
  ["a function that is not compiled", () => function foreign() {}, /not compiled by flowc \(foreign\).*Wrap it/],
  ["a generator", () => (function* () { yield 1; })(), /it is a generator under way/],
  ["an async generator", () => (async function* () { yield 1; })(), /it is a generator under way/],
  ["an array iterator", () => [1].values(), /native Array Iterator/],
  ["a map iterator", () => new Map().entries(), /native Map Iterator/],
  ["a proxy", () => new Proxy({}, {}), /it is a Proxy/],
  ["a proxy of an array", () => new Proxy([], {}), /it is a Proxy/],
  ["a proxy of a function", () => new Proxy(() => 1, {}), /it is a Proxy/],
  ["a socket", () => new Socket(), /it is a Socket/],
  ["a server", () => createServer(), /it is a Server/],
  ["a stream", () => Readable.from([]), /it is a Readable/],
  ["a signal somebody listens to", () => listened(), /an AbortSignal that somebody in this process listens to/],
  ["a signal with a timer", () => AbortSignal.timeout(60_000), /an AbortSignal that depends on a timer/],
  ["a signal of other signals", () => AbortSignal.any([new AbortController().signal]), /an AbortSignal that depends on a timer or on other signals/],
  ["the headers of a response", () => Response.error().headers, /the Headers of a response/],
  ["a TextDecoder", () => new TextDecoder(), /it is a TextDecoder/],
  ["a class of somebody else", () => new Foreign(), /it is a Foreign/],
  ["its prototype", () => Foreign.prototype, /prototype of a class that was not compiled/],
  ["its class", () => Foreign, /function that was not compiled by flowc \(Foreign\)/],
  ["a unique symbol", () => Symbol("mine"), /unique symbol Symbol\(mine\).*Symbol.for\("mine"\)/],
  ["private fields", () => new Vault(), /its class Vault has private fields \(#secret\)/],
  ["inherited private fields", () => new InnerVault(), /its class Vault has private fields \(#secret\)/],
  ["private fields under another prototype", () => Object.setPrototypeOf(new Safe(), Object.create(Safe.prototype)), /it has private fields, and a prototype that is not that of its class/],
  ["private fields of a frozen class", () => frozenClass(), /its class Iced has private fields and is frozen/],
  ["shared memory", () => new Uint8Array(new SharedArrayBuffer(8)), /shared with other threads/],
  ["a transferred buffer", () => transferred(), /transferred/],
  ["a class that extends somebody else's", () => Object.create(Object.create(Foreign.prototype)), /Foreign/],
])("%s", (_name, make, message) => {
  expect(refusal({ it: make() }).message).toMatch(message);
}); // prettier-ignore

test("a proxy's traps are not called", () => {
  const shout = () => {
    throw new Error("a trap ran");
  };
  refusal({
    it: new Proxy(
      {},
      { get: shout, getPrototypeOf: shout, ownKeys: shout, getOwnPropertyDescriptor: shout, isExtensible: shout },
    ),
  });
});

test("after a refusal the next image is right", () => {
  const shared = { a: "text", b: [1] };
  const before = encode(shared);
  refusal({ shared, text: "text", bad: new Foreign() });
  expect(encode(shared)).toEqual(before);
  expect(decode(before)).toEqual(shared);
});

test("errors of the platform and of Node are saved as the built-in errors they extend", () => {
  const caught = (act: () => unknown): Error => {
    try {
      act();
    } catch (error) {
      return error as Error;
    }
    throw new Error("nothing thrown");
  };
  const back = decode(encode(caught(() => Buffer.from(5 as never)))) as Error & { code: string };
  expect(back).toBeInstanceOf(TypeError);
  expect(back.code).toBe("ERR_INVALID_ARG_TYPE");
});

function frozenClass(): unknown {
  class Iced extends Safe {
    #ice = 1;
    static {
      iced.privates(
        this,
        true,
        ["#ice"],
        (o) => #ice in o,
        (o) => [(o as Iced).#ice],
        () => undefined,
      );
    }
  }
  return new (Object.freeze(iced.cls("Iced", Iced, ["#ice"])))();
}

function listened(): AbortSignal {
  const { signal } = new AbortController();
  signal.addEventListener("abort", () => undefined);
  return signal;
}

function transferred(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
