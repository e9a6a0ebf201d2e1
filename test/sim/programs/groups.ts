/** Functions that run at once. What they promise is checked here where only the program can know it, and by marks where the order of things counts. */
import { all, any, map, race, settle } from "flowc";
import type { Combinator, Member } from "./ops.ts";
import { Lane } from "./outside.ts";
import { Thrown, type Block, type Shared } from "./shared.ts";

/** One function: what it has seen, after the number of its place. */
type Heard = string[];

interface Group {
  readonly name: string;
  readonly limit: number;
  /** Places in the order in which they ended: those that returned as they are, those that threw below 0. */
  readonly order: number[];
}

function member(group: Group, index: number, { body, cleanup }: Member, lane: Lane, shared: Shared, block: Block): Heard {
  const own = new Lane(lane.run, `${group.name}[${index}]`);
  const heard = [`${index}`];
  let isDone = false;
  own.mark(`member ${group.name} ${group.limit}`);
  try {
    try {
      block(body, own, heard, shared);
    } finally {
      block(cleanup, own, heard, shared);
    }
    isDone = true;
    return heard;
  } finally {
    own.mark(`left ${group.name}`);
    group.order.push(isDone ? index : -1 - index);
  }
}

export function group(
  combinator: Combinator,
  members: readonly Member[],
  lane: Lane,
  seen: string[],
  shared: Shared,
  block: Block,
): void {
  const own: Group = { name: `${lane.name}#${lane.n}`, limit: members.length, order: [] };
  const functions = members.map((each, index) => () => member(own, index, each, lane, shared, block));
  try {
    outcome(combinator, functions, own, seen);
  } catch (error) {
    if (!(error instanceof Thrown) && !(error instanceof AggregateError)) throw error;
    seen.push(`${combinator} failed`);
  } finally {
    lane.mark(`over ${own.name}`);
  }
}

function outcome(combinator: Combinator, functions: readonly (() => Heard)[], { name, order }: Group, seen: string[]): void {
  switch (combinator) {
    case "all":
      return inOrder(all(functions), functions.length, name, seen);
    case "settle": {
      const ends = settle(functions);
      simExpect(ends.length === functions.length, `settle ${name} answers ${ends.length} ends of ${functions.length}`);
      ends.forEach((end, index) => {
        if (end.status === "rejected") return void seen.push(`${index} was rejected`);
        simExpect(end.value[0] === String(index), `settle ${name} has the end of ${end.value[0]} in place ${index}`);
        seen.push(...end.value);
      });
      return;
    }
    case "race": {
      const [first] = race(functions);
      simExpect(first === String(order[0]), `race ${name} answers ${first}, and ${order.join()} was the order of the ends`);
      return;
    }
    case "any": {
      const [first] = any(functions);
      const good = order.find((index) => index >= 0);
      simExpect(first === String(good), `any ${name} answers ${first}, and ${order.join()} was the order of the ends`);
      return;
    }
  }
}

export function mapped(
  items: number,
  concurrency: number | undefined,
  each: Member,
  lane: Lane,
  seen: string[],
  shared: Shared,
  block: Block,
): void {
  const own: Group = { name: `${lane.name}#${lane.n}`, limit: concurrency ?? items, order: [] };
  const numbers = Array.from({ length: items }, (_, index) => index);
  const call = (item: number): Heard => member(own, item, each, lane, shared, block);
  try {
    inOrder(concurrency === undefined ? map(numbers, call) : map(numbers, call, { concurrency }), items, own.name, seen);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    seen.push("map failed");
  } finally {
    lane.mark(`over ${own.name}`);
  }
}

/** Results stand in the order of the functions. */
function inOrder(results: readonly Heard[], count: number, name: string, seen: string[]): void {
  const places = results.map(([index]) => index).join();
  const wanted = Array.from({ length: count }, (_, index) => index).join();
  simExpect(places === wanted, `group ${name} has its results as ${places}`);
  for (const heard of results) seen.push(...heard);
}
