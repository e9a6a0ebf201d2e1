import { map, spawn, step } from "flowc";

const nothing = step((at: number) => at);
const later = step((at: number): Promise<number> => new Promise((resolve) => setTimeout(resolve, (at * 7_919) % 1_000, at)));
const order = step((at: number) => ({ id: at, items: [at, at + 1], state: "shipped" }));

const items = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** `count` steps that do nothing, at most `concurrency` at a time. */
export function nulls(count: number, concurrency: number): number {
  return map(items(count), (at) => nothing(at), { concurrency }).length;
}

/** `count` steps that end one by one within a second. */
export function oneByOne(count: number): number {
  return map(items(count), (at) => later(at)).length;
}

/** `count` steps that answer objects, each followed by a second step. */
export function objects(count: number, concurrency: number): number {
  const orders = map(
    items(count),
    (at) => {
      const made = order(at);
      nothing(at);
      return made;
    },
    { concurrency },
  );
  return orders.length;
}

/** `count` tasks of a step each, joined one after the other. */
export function tasks(count: number): number {
  const started = items(count).map((at) => spawn(() => nothing(at)));
  return started.reduce((sum, task) => sum + task.join(), 0);
}
