/**
 * `limit` tasks begin in `perMs` milliseconds, and after an idle time up to `limit` of them at once: the generic cell rate algorithm (ITU-T I.371), which needs one number
 * a queue, the theoretical arrival time of the next task.
 */
export interface Rate {
  readonly limit: number;
  readonly perMs: number;
}

/** How many tasks may begin at `now`. @param nextAt what `after` answered the last time, `undefined` at first */
export function allowedAt({ limit, perMs }: Rate, nextAt: number | undefined, now: number): number {
  const interval = perMs / limit;
  const ahead = Math.max((nextAt ?? now) - now, 0);
  // A little more than the quotient, for what division loses.
  return Math.max(0, Math.floor((perMs - ahead) / interval + 1e-6));
}

/** The number to keep after `begun` tasks have begun at `now`. */
export function after({ limit, perMs }: Rate, nextAt: number | undefined, now: number, begun: number): number {
  return Math.max(nextAt ?? now, now) + (begun * perMs) / limit;
}
