/** Our own bug, never the user's: a broken internal invariant. */
export class InvariantError extends Error {
  override name = "InvariantError";
}

/** Throws InvariantError when `condition` does not hold. Stays on in production: a wrong checkpoint costs more than a check. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`flowc: internal error: ${message}. Please report it.`);
}

/** The default branch of a switch over a closed union. */
export function unreachable(value: never): never {
  throw new InvariantError(`flowc: internal error: unexpected ${JSON.stringify(value)}. Please report it.`);
}
