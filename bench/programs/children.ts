import { start, step, type ChildRun } from "flowc";

const nothing = step((n: number): number => n, { retry: false });

export function child(n: number): number {
  return nothing(n) + 1;
}

/** Starts that many runs and waits for all of them. */
export function family(size: number): number {
  const children: ChildRun<number>[] = [];
  for (let n = 0; n < size; n++) children.push(start(child, [n]));
  let sum = 0;
  for (const each of children) sum += each.result();
  return sum;
}
