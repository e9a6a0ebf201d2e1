/** Date, RegExp, and primitives wrapped in objects. */
import { types } from "node:util";
import { corrupt } from "../reader.js";
import { registerExotic } from "./kind.js";

registerExotic<Date>({
  tag: 7,
  isRecognizable: true,
  prototype: Date.prototype,
  branded: true,
  is: types.isDate,
  head: (out, date) => out.double(Date.prototype.getTime.call(date)),
  make: (input) => new Date(input.double()),
});

type Getter<T> = (this: object) => T;
const getter = (key: string): Getter<unknown> => Object.getOwnPropertyDescriptor(RegExp.prototype, key)!.get as Getter<unknown>;
const sourceOf = getter("source") as Getter<string>;
/** The letter of each flag; `flags` itself would call what a subclass overrides. */
const FLAGS: readonly (readonly [string, Getter<unknown>])[] = [
  ["d", getter("hasIndices")],
  ["g", getter("global")],
  ["i", getter("ignoreCase")],
  ["m", getter("multiline")],
  ["s", getter("dotAll")],
  ["u", getter("unicode")],
  ["v", getter("unicodeSets")],
  ["y", getter("sticky")],
];

registerExotic<RegExp>({
  tag: 8,
  prototype: RegExp.prototype,
  branded: true,
  is: types.isRegExp,
  propertyKeys: (regexp) => Reflect.ownKeys(regexp).filter((key) => key !== "lastIndex"),
  head(out, regexp) {
    out.string(sourceOf.call(regexp));
    out.string(FLAGS.map(([letter, get]) => (get.call(regexp) ? letter : "")).join(""));
    out.byte(Object.getOwnPropertyDescriptor(regexp, "lastIndex")!.writable ? 1 : 0);
  },
  body: (out, regexp) => out.value(regexp.lastIndex),
  make(input) {
    const source = input.string();
    const regexp = new RegExp(source, input.string());
    if (input.byte() === 0) input.atEnd(() => void Object.defineProperty(regexp, "lastIndex", { writable: false }));
    return regexp;
  },
  fill(input, regexp) {
    input.settle([input.value()], ([lastIndex]) => {
      regexp.lastIndex = lastIndex as number;
    });
  },
});

boxed(9, "number", Number.prototype, types.isNumberObject);
boxed(10, "boolean", Boolean.prototype, types.isBooleanObject);
boxed(11, "bigint", BigInt.prototype, types.isBigIntObject);
boxed(12, "symbol", Symbol.prototype, types.isSymbolObject);
boxed(13, "string", String.prototype, types.isStringObject);

function boxed(tag: number, type: string, prototype: { valueOf(): unknown }, is: (value: unknown) => boolean): void {
  registerExotic({
    tag,
    prototype,
    branded: true,
    is,
    propertyKeys: type === "string" ? ownKeysOfString : Reflect.ownKeys,
    head: (out, value) => out.value(prototype.valueOf.call(value)),
    make(input) {
      const value = input.value();
      if (typeof value !== type) throw corrupt("a wrapper object holds another type");
      return Object(value) as object;
    },
  });
}

/** Those beyond the characters and the length. */
function ownKeysOfString(value: object): (string | symbol)[] {
  const length = String.prototype.valueOf.call(value).length;
  return Reflect.ownKeys(value).filter(
    (key) => key !== "length" && !(typeof key === "string" && Number(key) < length && String(Number(key)) === key),
  );
}
