import { sleepUntil, step } from "flowc";

const nothing = step((n: number): number => n, { retry: false });
const woke = step((dueAt: number): number => Date.now() - dueAt, { retry: false });

/** Sleeps until then, and answers how late it was woken. */
export function sleeper(dueAt: number): number {
  sleepUntil(dueAt);
  return woke(dueAt);
}

const last = step((): number | Promise<number> => globalThis.onLast?.() ?? 0, { retry: false });

declare global {
  var onLast: (() => number | Promise<number>) | undefined;
}

/** Takes that many steps, and one more. */
export function long(count: number): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += nothing(n);
  return sum + last();
}
