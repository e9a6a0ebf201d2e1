/**
 * The classes of Temporal, where Node has them (behind --harmony-temporal in Node 24). Each is saved as the text of what its constructor takes: dates in the ISO calendar with the
 * name of their own, times in nanoseconds, durations as their ten fields, so that nothing is rounded, balanced or looked up anew.
 */
import { corrupt } from "../reader.js";
import { registerExotic } from "./kind.js";

type Parts = readonly (string | number | bigint)[];

interface TemporalClass {
  readonly tag: number;
  readonly name: string;
  /** What the constructor takes, read off a value. */
  readonly parts: (value: object, ask: Ask) => Parts;
  /** The same, read off the text. */
  readonly read: (parts: readonly string[]) => Parts;
}
/** Calls a getter or method of the class as Node made it, whatever the program put there since. */
type Ask = (value: object, key: string, ...args: readonly unknown[]) => unknown;

const DURATION = "years months weeks days hours minutes seconds milliseconds microseconds nanoseconds".split(" ");
const TIME = "hour minute second millisecond microsecond nanosecond".split(" ");
/** `2024-01-15T01:02:03+01:00[Europe/Berlin][u-ca=gregory]`: date and calendar are always there. */
const WRITTEN = /^([+-]?\d+)-(\d\d)-(\d\d)(?:T[^[]*)?(?:\[!?([^\]=]+)\])?\[!?u-ca=([^\]]+)\]$/;

const numbers = (parts: readonly string[]): number[] => parts.map(Number);
/** Numbers, the calendar behind the first `dates` of them: `year month day calendar`. */
const withCalendar = (parts: readonly string[], at: number): Parts => [
  ...numbers(parts.slice(0, at)),
  parts[at]!,
  ...numbers(parts.slice(at + 1)),
];

const CLASSES: readonly TemporalClass[] = [
  {
    tag: 46,
    name: "Instant",
    parts: (value, ask) => [ask(value, "epochNanoseconds") as bigint],
    read: ([nanoseconds]) => [BigInt(nanoseconds!)],
  },
  {
    tag: 47,
    name: "ZonedDateTime",
    parts(value, ask) {
      const { zone, calendar } = written(value, ask);
      return [ask(value, "epochNanoseconds") as bigint, zone, calendar];
    },
    read: ([nanoseconds, zone, calendar]) => [BigInt(nanoseconds!), zone!, calendar!],
  },
  {
    tag: 48,
    name: "Duration",
    parts: (value, ask) => DURATION.map((key) => ask(value, key) as number),
    read: numbers,
  },
  { tag: 49, name: "PlainTime", parts: (value, ask) => TIME.map((key) => ask(value, key) as number), read: numbers },
  {
    tag: 50,
    name: "PlainDate",
    parts(value, ask) {
      const { year, month, day, calendar } = written(value, ask);
      return [year, month, day, calendar];
    },
    read: (parts) => withCalendar(parts, 3),
  },
  {
    tag: 51,
    name: "PlainDateTime",
    parts(value, ask) {
      const { year, month, day, calendar } = written(value, ask);
      return [year, month, day, ...TIME.map((key) => ask(value, key) as number), calendar];
    },
    read: (parts) => withCalendar(parts, 9),
  },
  {
    tag: 52,
    name: "PlainYearMonth",
    parts(value, ask) {
      const { year, month, day, calendar } = written(value, ask);
      return [year, month, calendar, day];
    },
    read: (parts) => withCalendar(parts, 2),
  },
  {
    tag: 53,
    name: "PlainMonthDay",
    parts(value, ask) {
      const { year, month, day, calendar } = written(value, ask);
      return [month, day, calendar, year];
    },
    read: (parts) => withCalendar(parts, 2),
  },
];

function written(value: object, ask: Ask): { year: number; month: number; day: number; zone: string; calendar: string } {
  const text = String(ask(value, "toString", { calendarName: "always" }));
  const found = WRITTEN.exec(text);
  if (found === null) throw new TypeError(`a Temporal value says it is ${text}, which is no date`);
  const [, year, month, day, zone, calendar] = found;
  return { year: Number(year), month: Number(month), day: Number(day), zone: zone ?? "", calendar: calendar! };
}

type Constructor = new (...parts: Parts) => object;
const temporal = (globalThis as { Temporal?: Readonly<Record<string, Constructor>> }).Temporal;

for (const { tag, name, parts, read } of CLASSES) {
  const constructor = temporal?.[name];
  if (constructor === undefined) {
    // Asked for by nothing but a checkpoint of a process that has it.
    registerExotic({ tag, prototype: {}, is: () => false, head: () => undefined, make: () => missing(name) });
    continue;
  }
  const prototype = constructor.prototype as object;
  const members = new Map(Object.entries(Object.getOwnPropertyDescriptors(prototype)));
  const ask: Ask = (value, key, ...args) => {
    const { get, value: method } = members.get(key)!;
    return Reflect.apply((get ?? method) as Function, value, args);
  };
  registerExotic({
    tag,
    prototype,
    is(value) {
      try {
        ask(value, "toString");
        return true;
      } catch {
        return false;
      }
    },
    head: (out, value) => out.string(parts(value, ask).join(" ")),
    make: (input) => remade(constructor, name, read, input.string()),
  });
}

function remade(constructor: Constructor, name: string, read: TemporalClass["read"], text: string): object {
  try {
    return new constructor(...read(text.split(" ")));
  } catch (error) {
    throw corrupt(`${JSON.stringify(text)} is no Temporal.${name}: ${(error as Error).message}`);
  }
}

function missing(name: string): never {
  throw corrupt(
    `it holds a Temporal.${name}, which this Node (${process.version}) does not have; start it with --harmony-temporal, or use a newer one`,
  );
}
