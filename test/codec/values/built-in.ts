/** Values of the language and of the platform: everything but what only a compiled program makes. */
/* oxlint-disable no-sparse-arrays -- holes are what some of these are about */
import { extend, type Group, kind } from "./kind.ts";
import { temporalKinds } from "./temporal.ts";

const bytes = (): ArrayBuffer => new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
const push = (list: unknown[]): unknown => list.push("more");

export const builtIn: readonly Group[] = [
  {
    title: "Primitives",
    kinds: [
      kind("`undefined`", () => undefined, undefined, "none"),
      kind("`null`", () => null, undefined, "none"),
      kind(
        "boolean",
        () => true,
        (value) => !value,
        "none",
      ),
      kind(
        "number",
        () => 1.5,
        (value) => value * 2,
        "none",
      ),
      kind(
        "`-0`",
        () => -0,
        (value) => 1 / value,
        "none",
      ),
      kind(
        "`NaN`",
        () => NaN,
        (value) => value === value,
        "none",
      ),
      kind(
        "`Infinity`",
        () => -Infinity,
        (value) => value + 1,
        "none",
      ),
      kind(
        "bigint",
        () => -(2n ** 100n),
        (value) => value + 1n,
        "none",
      ),
      kind(
        "string",
        () => "text 日本 😀",
        (value) => value.length,
        "none",
      ),
      kind(
        "string with lone surrogates",
        () => "a\ud800b\udc00",
        (value) => value.charCodeAt(1),
        "none",
      ),
      kind(
        "symbol of the language",
        () => Symbol.iterator,
        (value) => value.description,
        "none",
      ),
      kind(
        "symbol of `Symbol.for`",
        () => Symbol.for("app"),
        (value) => Symbol.keyFor(value),
        "none",
      ),
    ],
  },
  {
    title: "Objects and arrays",
    kinds: [
      kind(
        "plain object",
        () => ({ b: 1, a: { c: [2] }, 7: "seven" }),
        (value) => ((value.b = 5), extend(value)),
      ),
      kind("object with `null` for its prototype", () => Object.assign(Object.create(null) as object, { a: 1 }), extend),
      kind(
        "object whose prototype is an object",
        () => Object.create({ base: 1 }) as { base: number },
        (value) => [value.base, ++value.base, Object.keys(value)],
      ),
      kind("object with a key `__proto__`", () => JSON.parse('{"__proto__": {"x": 1}}') as object, extend),
      kind("object with hundreds of keys", () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])), extend),
      kind("object with symbol keys", () => ({ [Symbol.for("k")]: 1, [Symbol.toStringTag]: "T" }), String),
      kind(
        "properties with attributes",
        () =>
          Object.defineProperties(
            {},
            { w: { value: 1, writable: true }, e: { value: 2, enumerable: true }, c: { value: 3, configurable: true } },
          ),
        (value) => [Reflect.set(value, "w", 9), Reflect.set(value, "e", 9), Reflect.deleteProperty(value, "c")],
      ),
      kind(
        "frozen object",
        () => Object.freeze({ a: { b: 1 } }),
        (value) => [Reflect.set(value, "a", 1), (value.a.b = 2)],
        "none",
      ),
      kind(
        "sealed object",
        () => Object.seal<{ a: unknown }>({ a: 1 }),
        (value) => [Reflect.deleteProperty(value, "a"), (value.a = 2)],
        (value, to) => void (value.a = to),
      ),
      kind(
        "object that cannot be extended",
        () => Object.preventExtensions<{ a: unknown }>({ a: 1 }),
        (value) => [Reflect.set(value, "b", 1), Reflect.deleteProperty(value, "a")],
        (value, to) => void (value.a = to),
      ),
      kind(
        "array",
        () => [1, "two", { three: 3 }] as unknown[],
        push,
        (value, to) => void value.push(to),
      ),
      kind(
        "array with holes",
        () => [1, , , 4, ,] as unknown[],
        (value) => [1 in value, push(value)],
        (value, to) => void (value[1] = to),
      ),
      kind(
        "sparse array",
        () => Object.assign([] as unknown[], { 4_000_000_000: 2 }),
        (value) => [value.length, Object.keys(value)],
        (value, to) => void (value[5] = to),
      ),
      kind("array with properties", () => Object.assign([1] as unknown[], { index: 7 }), push),
      kind(
        "array with an element that has attributes",
        () => Object.defineProperty([1, 2], 1, { value: 5, enumerable: false }),
        (value) => [Object.keys(value), Reflect.set(value, 1, 3)],
      ),
      kind(
        "array whose length is fixed",
        () => Object.defineProperty([1, 2], "length", { writable: false }),
        (value) => Reflect.set(value, 2, 1),
      ),
      kind(
        "frozen array",
        () => Object.freeze([1, , { a: 1 }]),
        (value) => Reflect.set(value, 1, 2),
        "none",
      ),
      kind(
        "result of `RegExp.exec`",
        () => /(?<y>\d+)-(\d+)/d.exec("on 2026-11")!,
        (value) => [value.index, value.groups!["y"], value.indices![1]],
      ),
      kind(
        "`arguments`",
        () => args(1, { two: 2 }),
        (value) => [value.length, Object.prototype.toString.call(value), [...(value as Iterable<unknown>)].length],
      ),
    ],
  },
  {
    title: "Collections",
    kinds: [
      kind(
        "Map",
        () =>
          new Map<unknown, unknown>([
            ["k", 1],
            [NaN, 2],
            [{ key: 1 }, new Map()],
          ]),
        (map) => [map.get(NaN), map.set("k", 2).size, map.delete("k"), [...map.keys()].length],
        (map, to) => void map.set(to, to),
      ),
      kind(
        "Map with properties",
        () => Object.assign(new Map([[1, 2]]), { label: "m" }),
        (map) => [map.label, map.get(1)],
      ),
      kind(
        "frozen Map",
        () => Object.freeze(new Map<unknown, unknown>([[1, 2]])),
        (map) => [map.set(3, 4).size, Reflect.set(map, "x", 1)],
        (map, to) => void map.set(1, to),
      ),
      kind(
        "Set",
        () => new Set<unknown>([1, "a", -0, {}]),
        (set) => [set.has(0), set.add("b").size, set.delete(1)],
        (set, to) => void set.add(to),
      ),
      kind(
        "WeakMap, for keys that are reached otherwise",
        () => weakMap(),
        ({ map, key }) => [map.get(key), map.set(key, 2) === map, map.has({})],
        ({ map, key }, to) => void map.set(key, to),
      ),
      kind(
        "WeakMap, entries that lead to one another",
        () => weakChain(),
        ({ map, first }) => {
          const second = map.get(first) as object;
          return [typeof second, map.get(second), map.delete(second)];
        },
        ({ map, first }, to) => void map.set(map.get(first) as object, to),
      ),
      kind(
        "WeakMap, keys of the process",
        () =>
          new WeakMap<WeakKey, unknown>([
            [Array.prototype, 1],
            [Math, 2],
          ]),
        (map) => [map.get(Array.prototype), map.get(Math), map.has(Map.prototype)],
        (map, to) => void map.set(Math, to),
      ),
      kind(
        "WeakSet",
        () => weakSet(),
        ({ set, key }) => [set.has(key), set.delete(key), set.has(key)],
        ({ set }, to) => void set.add(to as object),
      ),
      kind(
        "WeakRef, with its target",
        () => weakRef(),
        ({ ref, target }) => [ref.deref() === target, ++ref.deref()!.n],
        ({ target }, to) => void Object.assign(target, { to }),
      ),
    ],
  },
  {
    title: "Dates, expressions, wrappers",
    kinds: [
      kind(
        "Date",
        () => new Date(1_700_000_000_123),
        (date) => [date.setUTCDate(1), date.toISOString()],
      ),
      kind(
        "invalid Date",
        () => new Date(NaN),
        (date) => [date.getTime(), date.setTime(5)],
      ),
      kind(
        "RegExp",
        () => Object.assign(/a(?<b>[/])/giu, { lastIndex: 2 }),
        (re) => [re.test("xxxA/"), re.lastIndex, re.flags, re.source],
      ),
      kind(
        "RegExp whose `lastIndex` is no number",
        () => Object.assign(/x/g, { lastIndex: "1" as never }),
        (re) => [re.lastIndex, re.test("xx"), re.lastIndex],
        (re, to) => void (re.lastIndex = { to } as never),
      ),
      kind(
        "frozen RegExp",
        () => Object.freeze(/x/g),
        (re) => {
          try {
            return re.test("x");
          } catch (error) {
            return (error as Error).name;
          }
        },
        "none",
      ),
      kind(
        "Number object",
        () => Object(-0) as number,
        (value) => 1 / Number(value),
      ),
      kind(
        "String object",
        () => Object("ab") as string,
        (value) => [value.length, value[1], Reflect.set(Object(value) as object, 0, "x")],
      ),
      kind(
        "Boolean object",
        () => Object(false) as boolean,
        (value) => [Boolean(value), Boolean(value.valueOf())],
      ),
      kind(
        "BigInt object",
        () => Object(3n) as bigint,
        (value) => value + 1n,
      ),
      kind(
        "Symbol object",
        () => Object(Symbol.for("s")) as symbol,
        (value) => value.description,
      ),
    ],
  },
  {
    title: "Errors",
    kinds: [
      kind(
        "Error, its stack included",
        () => new Error("boom"),
        (error) => [error.stack, (error.message = "other"), String(error)],
      ),
      ...[TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((type) =>
        kind(
          type.name,
          (): Error => new type("m"),
          (error) => [error instanceof type, error.stack, error.name],
        ),
      ),
      kind(
        "Error with a cause",
        () => new Error("outer", { cause: { deep: [1] } }),
        (error) => error.cause,
        (error, to) => void (error.cause = to),
      ),
      kind(
        "AggregateError",
        () => new AggregateError([new Error("a"), 2], "many"),
        (error) => [error.errors.length, error.errors.push(3)],
        (error, to) => void error.errors.push(to),
      ),
      kind(
        "SuppressedError",
        () =>
          new (globalThis as unknown as Record<string, new (...args: unknown[]) => { error: unknown }>)["SuppressedError"]!(
            1,
            new Error("b"),
            "s",
          ),
        (error) => error.error,
        (error, to) => void (error.error = to),
      ),
      kind(
        "Error with properties",
        () => Object.assign(new Error("ENOENT"), { code: "ENOENT", errno: -2 }),
        (error) => [error.code, Object.keys(error)],
      ),
      kind(
        "Error with another stack, or none",
        () => Object.assign(new Error("x"), { stack: "elsewhere" }),
        (error) => [error.stack, Reflect.deleteProperty(error, "stack"), error.stack],
      ),
      kind(
        "DOMException",
        () => new DOMException("stop", "AbortError"),
        (error) => [error.name, error.code, error.message, error.stack],
      ),
    ],
  },
  {
    title: "Binary data",
    kinds: [
      kind("ArrayBuffer", bytes, (buffer) => [(new Uint8Array(buffer)[0] = 9), buffer.byteLength]),
      kind(
        "resizable ArrayBuffer",
        () => new ArrayBuffer(4, { maxByteLength: 16 }),
        (buffer) => [buffer.resizable, buffer.resize(9), buffer.byteLength],
      ),
      ...[
        "Int8Array",
        "Uint8Array",
        "Uint8ClampedArray",
        "Int16Array",
        "Uint16Array",
        "Int32Array",
        "Uint32Array",
        "Float16Array",
        "Float32Array",
        "Float64Array",
      ].map((name) =>
        kind(
          name,
          () => new (globalThis as unknown as Record<string, Uint8ArrayConstructor>)[name]!(bytes()),
          (view) => [(view[0] = 77.7), view[0], view.byteLength],
        ),
      ),
      ...["BigInt64Array", "BigUint64Array"].map((name) =>
        kind(
          name,
          () => new (globalThis as unknown as Record<string, BigInt64ArrayConstructor>)[name]!(bytes()),
          (view) => [(view[0] = 5n), view[0]],
        ),
      ),
      kind(
        "views that share one buffer",
        () => {
          const buffer = bytes();
          return { a: new Uint8Array(buffer, 2, 4), b: new Uint16Array(buffer) };
        },
        ({ a, b }) => [(a[0] = 200), b[1]],
      ),
      kind(
        "view that grows with its buffer",
        () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
        (view) => [view.buffer.resize(6), view.length],
      ),
      kind(
        "DataView",
        () => new DataView(bytes(), 1, 3),
        (view) => [view.setInt16(0, -5), view.getInt16(0), view.byteOffset],
      ),
      kind(
        "Buffer",
        () => Buffer.from("hello"),
        (buffer) => [buffer.write("J"), buffer.toString(), buffer.equals(Buffer.from("Jello"))],
      ),
      kind(
        "Buffers that overlap",
        () => {
          const whole = Buffer.alloc(9, 1);
          return [whole, whole.subarray(3)] as const;
        },
        ([whole, part]) => [(part[0] = 8), whole[3]],
      ),
    ],
  },
  {
    title: "The platform",
    kinds: [
      kind(
        "URL",
        () => new URL("https://u@example.com:8080/a?b=1#c"),
        (url) => [url.searchParams.append("d", "é"), url.href, (url.hash = ""), String(url)],
      ),
      kind(
        "URLSearchParams",
        () => new URLSearchParams("a=1&a=2"),
        (params) => [params.append("b", " "), String(params), params.getAll("a")],
      ),
      kind(
        "a URL and its `searchParams`, which change each other",
        () => {
          const url = new URL("http://x/?a=1");
          return { params: url.searchParams, url };
        },
        ({ params, url }) => [params.set("a", "2"), url.href, (url.search = "?z=1"), String(params)],
      ),
      kind(
        "Headers",
        () =>
          new Headers([
            ["a-b", "1"],
            ["set-cookie", "x=1"],
            ["set-cookie", "y=2"],
            ["a-b", "2"],
          ]),
        (headers) => [headers.get("A-B"), headers.getSetCookie(), headers.append("c", "3"), [...headers]],
      ),
      kind(
        "Blob",
        () => new Blob(["a é", new Uint8Array([0, 255])], { type: "text/plain" }),
        (blob) => [blob.size, blob.type, blob.slice(1, 3).size, extend(blob)],
      ),
      kind(
        "File",
        () => new File(["a"], "a.txt", { type: "text/plain", lastModified: 1_700_000_000_000 }),
        (file) => [file.name, file.size, file.type, file.lastModified, extend(file)],
      ),
      kind(
        "AbortController, not aborted",
        () => new AbortController(),
        (controller) => [controller.signal.aborted, controller.abort("why"), controller.signal.aborted, controller.signal.reason],
        (controller, to) => controller.abort(to),
      ),
      kind(
        "AbortSignal, aborted",
        () => AbortSignal.abort({ because: 1 }),
        (signal) => [signal.aborted, signal.reason],
      ),
      kind(
        "a controller and its signal",
        () => {
          const controller = new AbortController();
          return [controller.signal, controller] as const;
        },
        ([signal, controller]) => [controller.abort(7), signal.aborted, signal.reason as unknown],
      ),
    ],
  },
  {
    title: "Temporal, where Node has it",
    kinds: temporalKinds,
  },
  {
    title: "By reference",
    kinds: [
      kind("built-in function", () => Array.prototype.map, undefined, "none"),
      kind("built-in object", () => Math, undefined, "none"),
      kind("built-in class", () => Map, undefined, "none"),
      kind("built-in prototype", () => Object.prototype, undefined, "none"),
      kind(
        "accessor function of a built-in",
        () => Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get,
        undefined,
        "none",
      ),
      kind("`globalThis`", () => globalThis, undefined, "none"),
      kind("`console`", () => console, undefined, "none"),
      kind("`process`", () => process, undefined, "none"),
      kind("`process.env`", () => process.env, undefined, "none"),
    ],
  },
];

function args(..._values: unknown[]): IArguments {
  return arguments;
}

function weakMap(): { map: WeakMap<object, unknown>; key: object } {
  const key = { name: "key" };
  return {
    map: new WeakMap<object, unknown>([
      [key, { of: "key" }],
      [{}, "gone"],
    ]),
    key,
  };
}

function weakChain(): { map: WeakMap<object, unknown>; first: object } {
  const [first, second] = [{ n: 1 }, { n: 2 }];
  return {
    map: new WeakMap<object, unknown>([
      [second, { n: 3 }],
      [first, second],
    ]),
    first,
  };
}

function weakSet(): { set: WeakSet<object>; key: object } {
  const key = { name: "key" };
  return { set: new WeakSet([key, {}]), key };
}

function weakRef(): { ref: WeakRef<{ n: number }>; target: { n: number } } {
  const target = { n: 1 };
  return { ref: new WeakRef(target), target };
}
