import { step } from "flowc";

const nothing = step((at: number) => {
  globalThis.onStep?.(at);
});

declare global {
  var onStep: ((at: number) => void) | undefined;
}

/** One run of `count` steps that do nothing. */
export function steps(count: number): number {
  for (let i = 0; i < count; i++) nothing(i);
  return count;
}
