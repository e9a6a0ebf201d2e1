/** Values at which the language runs code where nobody wrote a call, and a way to compare what happened. */

export type Log = string[];

/** What happened: the value, or the kind of error, and the order of the side effects. */
export interface Observed {
  readonly outcome: string;
  readonly log: Log;
}

/** Runs `act` on a world made anew by `setup`. */
export function observe<W>(setup: (log: Log) => W, act: (world: W) => unknown): Observed {
  const log: Log = [];
  const world = setup(log);
  log.length = 0;
  try {
    const value = act(world);
    log.push("end");
    return { outcome: print(value), log };
  } catch (error) {
    return { outcome: error instanceof Error ? `throws ${error.constructor.name}` : `throws ${print(error)}`, log };
  }
}

/** A value as text, without running code of it. */
export function print(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(print).join()}]`;
  return typeof value === "object" && value !== null ? "object" : typeof value === "function" ? "function" : String(value);
}

/** All own properties of an object as text. */
export function stateOf(object: unknown): string {
  if (typeof object !== "object" || object === null) return print(object);
  return Reflect.ownKeys(object)
    .map((key) => {
      const found = Reflect.getOwnPropertyDescriptor(object, key)!;
      const flags = `${found.writable ? "w" : ""}${found.enumerable ? "e" : ""}${found.configurable ? "c" : ""}`;
      return `${String(key)}:${flags}:${print(found.value ?? found.get)}`;
    })
    .join(" ");
}

/** An object that tells when it is converted, by `valueOf` and `toString`. */
function converts(log: Log, name: string, valueOf: unknown, toString: unknown): object {
  return {
    get valueOf() {
      log.push(`${name}.get valueOf`);
      return () => {
        log.push(`${name}.valueOf`);
        return valueOf;
      };
    },
    get toString() {
      log.push(`${name}.get toString`);
      return () => {
        log.push(`${name}.toString`);
        return toString;
      };
    },
  };
}

function exotic(log: Log, name: string, result: (hint: string) => unknown): object {
  return {
    get [Symbol.toPrimitive]() {
      log.push(`${name}.get toPrimitive`);
      return (hint: string) => {
        log.push(`${name} as ${hint}`);
        return result(hint);
      };
    },
  };
}

/** Operands, the logging ones among them called `name`. */
export function operands(log: Log, name: string): Record<string, unknown> {
  return {
    undefined: undefined,
    null: null,
    true: true,
    zero: 0,
    "minus zero": -0,
    "not a number": Number.NaN,
    number: 3.5,
    bigint: 7n,
    text: "12",
    word: "x",
    symbol: Symbol.iterator,
    object: {},
    array: [5],
    date: new Date(1),
    "boxed number": Object(4),
    "boxed symbol": Object(Symbol.iterator),
    "null prototype": Object.create(null),
    frozen: Object.freeze({ a: 1 }),
    number2: converts(log, name, 9, "s"),
    bigint2: converts(log, name, 9n, "s"),
    symbol2: converts(log, name, Symbol.iterator, "s"),
    "second try": converts(log, name, {}, "8"),
    neither: converts(log, name, {}, {}),
    hinted: exotic(log, name, (hint) => (hint === "number" ? 42 : hint)),
    "hinted object": exotic(log, name, () => ({})),
    throwing: exotic(log, name, () => {
      throw new RangeError(name);
    }),
    "not callable": { [Symbol.toPrimitive]: 1 },
    "null method": { [Symbol.toPrimitive]: null, toString: () => "1" },
    function: class A {},
    bound: class A {}.bind(null),
    "has instance": {
      get [Symbol.hasInstance]() {
        log.push(`${name}.get hasInstance`);
        return () => {
          log.push(`${name}.hasInstance`);
          return 1;
        };
      },
    },
    "prototype getter": Object.defineProperty(() => 1, "prototype", {
      get: () => {
        log.push(`${name}.get prototype`);
        return Object.prototype;
      },
    }),
    "prototype missing": () => 1,
  };
}
