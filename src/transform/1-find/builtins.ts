/** What is known about foreign functions that take callbacks. Names as in TypeScript's standard library declarations. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Array methods that call back. */
const ARRAY = words(
  "map forEach filter reduce reduceRight find findIndex findLast findLastIndex some every flatMap sort toSorted",
);

/** Built-ins that call back and have a suspendable version in the runtime (`src/runtime/lib`), by the interface that declares them. */
const SUSPENDABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  Array: ARRAY,
  ReadonlyArray: ARRAY,
  ArrayConstructor: words("from"),
  Map: words("forEach"),
  ReadonlyMap: words("forEach"),
  Set: words("forEach"),
  ReadonlySet: words("forEach"),
  MapConstructor: words("groupBy"),
  ObjectConstructor: words("groupBy"),
  String: words("replace replaceAll"),
  JSON: words("parse stringify"),
  Iterator: words("forEach reduce some every find toArray"),
  IteratorObject: words("forEach reduce some every find toArray"),
};

/** Interfaces of the standard library whose methods call their callbacks before they return and keep none of them. */
const CALLS_AT_ONCE = new Set(
  (
    "Array ReadonlyArray ArrayConstructor String Map ReadonlyMap Set ReadonlySet JSON ObjectConstructor MapConstructor " +
    "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array"
  ).split(" "),
);

/** Whether the runtime has a suspendable version of `owner.method`. */
export function hasSuspendableVersion(owner: string, method: string): boolean {
  if (/^(Big)?(Ui|I)nt\d+(Clamped)?Array$|^Float\d+Array$/.test(owner)) return ARRAY.has(method);
  return SUSPENDABLE[owner]?.has(method) ?? false;
}

/** Whether a callback given to a method of `owner` is surely dead when the method returns. */
export function callsAtOnce(owner: string): boolean {
  return CALLS_AT_ONCE.has(owner);
}

/** `f.call(…)`, `f.apply(…)`: foreign frames that hand the result through untouched, so a suspension passes them unharmed. */
export function isTransparent(owner: string, method: string): boolean {
  return (
    (owner === "CallableFunction" || owner === "Function" || owner === "NewableFunction") &&
    (method === "call" || method === "apply")
  );
}

/** Functions and methods declared by flowc itself that suspend. What they return by promise is for host code and does not. */
export const SUSPENDING_PRIMITIVES: ReadonlySet<string> = new Set(
  "sleep sleepUntil perform withTimeout receive tryReceive join result cancel all settle race any map overlap callback".split(
    " ",
  ),
);
