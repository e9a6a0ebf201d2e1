/** Values on their way between workflow and world: copied through the codec, so that neither side sees what the other does to them later. */
import { NotSaveableError } from "../shared/errors.js";
import type { Codec } from "./image.js";

/** A value as bytes, or as itself when it is a primitive. */
export type Saved = { readonly bytes: Uint8Array } | { readonly value: unknown };

/** Primitives cannot be changed by anybody; symbols have identity and go through the codec. */
export function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}

/** Throws NotSaveableError, whose path begins with `name`. */
export function save(value: unknown, codec: Codec, name = "value"): Saved {
  return isPrimitive(value) ? { value } : { bytes: codec.encode(value, name) };
}

export function restore(saved: Saved, codec: Codec): unknown {
  return "bytes" in saved ? codec.decode(saved.bytes) : saved.value;
}

/** What a body is called with, as it is kept in the image. Throws NotSaveableError. */
export function saveInput(input: readonly unknown[], codec: Codec): readonly unknown[] | Uint8Array {
  for (const value of input) if (!isPrimitive(value)) return codec.encode(input, "arguments");
  return input;
}

/** `error` with what could not be saved put before its reason; errors of other kinds are returned as they are. */
export function unsaveable(what: string, error: unknown): unknown {
  if (!(error instanceof NotSaveableError)) return error;
  return new NotSaveableError(`${what} cannot be saved: ${error.message}`, error.path);
}

/** A fresh copy for one attempt. */
export function restoreInput(input: readonly unknown[] | Uint8Array, codec: Codec): readonly unknown[] {
  return input instanceof Uint8Array ? (codec.decode(input) as unknown[]) : input;
}

/**
 * A copy of an error that can be saved: the error itself where the codec takes it, otherwise a plain Error with its name, message, stack, code and
 * causes. Errors of third parties often hold sockets and requests, and losing those is better than losing the error.
 */
export function saveableError(error: unknown, codec: Codec): unknown {
  try {
    return restore(save(error, codec), codec);
  } catch (problem) {
    if (!(problem instanceof NotSaveableError)) throw problem;
    return plainError(error, codec, 0);
  }
}

const DEEPEST_CAUSE = 8;

function plainError(error: unknown, codec: Codec, depth: number): Error {
  if (!(error instanceof Error)) return new Error(`a value that cannot be saved was thrown: ${printed(error)}`);
  const options =
    error.cause === undefined || depth >= DEEPEST_CAUSE ? undefined : { cause: saveableCause(error.cause, codec, depth) };
  const copy = new Error(error.message, options);
  for (const key of ["name", "stack", "code"] as const) {
    const value: unknown = (error as unknown as Record<string, unknown>)[key];
    if (typeof value === "string" || typeof value === "number") hide(copy, key, value, key === "code");
  }
  return copy;
}

function saveableCause(cause: unknown, codec: Codec, depth: number): unknown {
  try {
    codec.encode(cause);
    return cause;
  } catch {
    return plainError(cause, codec, depth + 1);
  }
}

function hide(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

function printed(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** An error in one line, for journals and messages. */
export function oneLine(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return printed(error);
}
