/**
 * Built-ins that do nothing with the program but convert their arguments: these are converted here, one after the other as ECMA-262 says, and the engine does
 * the rest with primitives. Where there is no object among them, the engine does it all.
 */
import { append, reflectOwnKeys } from "../intrinsics.js";
import { BUILT_IN, call } from "../natives.js";
import { isObject, toIntegerOrInfinity, toNumber, toNumeric, toPrimitive, toStr } from "./operations/conversion.js";

/**
 * How each argument is converted, a letter each, the last one repeated when `*` follows: `s` ToString, `n` ToNumber, `i` ToIntegerOrInfinity, `m` ToNumeric,
 * `p` ToPrimitive with hint number, `-` not at all. A capital letter leaves `undefined` alone.
 */
export type Signature = string;

/** Versions of methods of `owner` whose receiver is converted to a string, unless it is `undefined` or `null`. */
export function onStrings(owner: string, signatures: Readonly<Record<string, Signature>>): Record<string, Function> {
  const versions: Record<string, Function> = {};
  const names = reflectOwnKeys(signatures) as string[];
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    versions[name] = onString(owner, name, signatures[name] as string);
  }
  return versions;
}

function onString(owner: string, name: string, signature: Signature): Function {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (this === undefined || this === null) return call(BUILT_IN[owner]![name], this, args);
    if (!isObject(this) && !hasObject(args)) return call(BUILT_IN[owner]![name], this, args);
    const self = toStr(this);
    const converted = convert(args, signature);
    return call(BUILT_IN[owner]![name], self, converted);
  };
}

/** Versions of functions of `owner` whose receiver is left alone; a prototype's `valueOf` checks it before anything is converted. */
export function onArguments(owner: string, signatures: Readonly<Record<string, Signature>>): Record<string, Function> {
  const versions: Record<string, Function> = {};
  const names = reflectOwnKeys(signatures) as string[];
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    versions[name] = onArgument(owner, name, signatures[name] as string);
  }
  return versions;
}

function onArgument(owner: string, name: string, signature: Signature): Function {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (!hasObject(args)) return call(BUILT_IN[owner]![name], this, args);
    const valueOf = BUILT_IN[owner]!["valueOf"];
    if (valueOf !== undefined) call(valueOf, this, []);
    const converted = convert(args, signature);
    return call(BUILT_IN[owner]![name], this, converted);
  };
}

/** Whether there is anything that converting would ask. */
export function hasObject(values: readonly unknown[]): boolean {
  for (let at = 0; at < values.length; at++) if (isObject(values[at])) return true;
  return false;
}

/** The arguments as the signature says; those beyond it are left out, and absent ones stay absent. */
export function convert(args: readonly unknown[], signature: Signature): unknown[] {
  const converted: unknown[] = [];
  const isOpen = signature[signature.length - 1] === "*";
  const named = isOpen ? signature.length - 1 : signature.length;
  for (let at = 0; at < args.length && (isOpen || at < named); at++) {
    const kind = signature[at < named ? at : named - 1] as string;
    append(converted, convertOne(args[at], kind));
  }
  return converted;
}

function convertOne(value: unknown, kind: string): unknown {
  switch (kind) {
    case "s":
      return toStr(value);
    case "n":
      return toNumber(value);
    case "i":
      return toIntegerOrInfinity(value);
    case "m":
      return toNumeric(value);
    case "p":
      return toPrimitive(value, "number");
    case "-":
      return value;
    case "S":
      return value === undefined ? undefined : toStr(value);
    case "N":
      return value === undefined ? undefined : toNumber(value);
    case "I":
      return value === undefined ? undefined : toIntegerOrInfinity(value);
    default:
      throw new TypeError(`${kind} is not a conversion`);
  }
}
