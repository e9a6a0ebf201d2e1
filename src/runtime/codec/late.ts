/**
 * Stands for an object that can only be made when others have been: a closure needs its captured values. Every other object is made empty when
 * it is met, so waiting for one another is possible among late ones only, and never in a circle.
 */
export abstract class Late {
  made: object | undefined = undefined;
  /** Being made right now: met again, it needs itself. */
  open = false;
  /** What has to be made before. */
  abstract needs(): readonly unknown[];
  abstract make(): object;
}

/** The object itself when `value` stands for one; it has to have been made. */
export function settled(value: unknown): unknown {
  return value instanceof Late ? value.made : value;
}
