/** The constructors of errors, and Error.prototype.toString (ECMA-262 20.5). */
import { createDataOrThrow, defineProperty } from "../../intrinsics.js";
import { errorConstructor, make } from "../../natives.js";
import { hasObject } from "../coerced.js";
import { isObject, toStr } from "../operations/conversion.js";
import { items } from "../operations/iteration.js";
import { get, has } from "../operations/property.js";

/** The constructor of that name, with `new` or without. */
export function constructError(kind: string, args: readonly unknown[], newTarget: unknown): object {
  const constructor = errorConstructor(kind);
  if (!hasObject(args)) return make(constructor, args, newTarget);
  if (kind === "AggregateError") return constructAggregate(args, newTarget);
  if (kind === "SuppressedError")
    return make(constructor, args[2] === undefined ? [args[0], args[1]] : [args[0], args[1], toStr(args[2])], newTarget);
  return make(constructor, messageAndCause(args[0], args[1]), newTarget);
}

/** The constructor of that name, as a function to be called without `new`. */
export function errorFunction(kind: string): Function {
  return (...args: unknown[]) => constructError(kind, args, errorConstructor(kind));
}

function constructAggregate(args: readonly unknown[], newTarget: unknown): object {
  const rest = messageAndCause(args[1], args[2]);
  const error = make(errorConstructor("AggregateError"), [[], rest[0], rest[1]], newTarget);
  const errors = items(args[0]);
  defineProperty(error, "errors", {
    __proto__: null,
    value: errors,
    writable: true,
    enumerable: false,
    configurable: true,
  } as PropertyDescriptor);
  return error;
}

/** The arguments as the engine takes them without asking anything. */
function messageAndCause(message: unknown, options: unknown): unknown[] {
  const text = message === undefined ? undefined : toStr(message);
  if (!isObject(options) || !has("cause", options)) return [text];
  const plain = { __proto__: null };
  createDataOrThrow(plain, "cause", get(options, "cause"));
  return [text, plain];
}

/** Error.prototype.toString. */
export function errorToString(this: unknown): string {
  if (!isObject(this)) throw new TypeError("Error.prototype.toString requires that 'this' be a JSReceiver");
  const name = get(this, "name");
  const title = name === undefined ? "Error" : toStr(name);
  const message = get(this, "message");
  const text = message === undefined ? "" : toStr(message);
  if (title === "") return text;
  return text === "" ? title : `${title}: ${text}`;
}
