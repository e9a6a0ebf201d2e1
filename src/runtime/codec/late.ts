import { corrupt } from "./reader.js";

/**
 * Stands for an object that can only be made when others have been: a closure needs its captured values. Every other object is made empty when
 * it is met, so waiting for one another is possible among late ones only, and never in a circle.
 */
export abstract class Late {
  /** Tells a late one from any object of the program without touching that: `instanceof` would enter a Proxy. */
  readonly #brand = true;
  made: object | undefined = undefined;
  /** Being made right now: met again, it needs itself. */
  open = false;
  /** What has to be made before. */
  abstract needs(): readonly unknown[];
  abstract make(): object;

  static is(value: unknown): value is Late {
    return typeof value === "object" && value !== null && #brand in value && value.#brand;
  }
}

/** The object itself when `value` stands for one; it has to have been made. */
export function settled(value: unknown): unknown {
  return Late.is(value) ? value.made : value;
}

/** Makes a late object and, before it, those it needs. No recursion: closures may form chains of any length. */
export function makeLate(first: Late): void {
  const stack = [first];
  for (let late = stack.at(-1); late !== undefined; late = stack.at(-1)) {
    const missing =
      late.made === undefined ? late.needs().filter((value): value is Late => Late.is(value) && value.made === undefined) : [];
    if (missing.length === 0) {
      stack.pop();
      late.made ??= late.make();
      continue;
    }
    if (late.open) throw corrupt("a closure captures itself");
    late.open = true;
    stack.push(...missing);
  }
}
