/** A kind of value: how to make one, and what a program does with it. */
export interface Kind {
  readonly name: string;
  readonly make: () => unknown;
  /** Puts `to` into it, so that it reaches itself. Absent: it cannot hold references. */
  readonly link?: (value: never, to: unknown) => void;
  /** Uses and changes it. What comes out is compared, and so is what has become of the value. Absent: nothing can be done with it. */
  readonly act?: (value: never) => unknown;
}

/** Kinds that belong together, under one heading of the page. */
export interface Group {
  readonly title: string;
  readonly kinds: readonly Kind[];
}

export const kind = <T>(
  name: string,
  make: () => T,
  act?: (value: T) => unknown,
  link: ((value: T, to: unknown) => void) | "none" = property,
): Kind => ({
  name,
  make,
  ...(act !== undefined && { act }),
  ...(link !== "none" && { link }),
});

/** A property is what almost any object can hold. */
function property(value: unknown, to: unknown): void {
  Object.defineProperty(value, "loop", { value: { to }, writable: true, enumerable: true, configurable: true });
}

/** Adds a property, and tells what the keys are then. */
export function extend(value: object): unknown {
  Reflect.set(value, "added", 1);
  return Reflect.ownKeys(value).map(String);
}
