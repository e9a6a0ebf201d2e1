/** Strands that wait for each other in a circle: none of them could ever go on. */
import { UsageError } from "../shared/errors.js";
import { strandName } from "./describe.js";
import type { Strand } from "./strand.js";
import type { Strands } from "./strands.js";

/** The error for a strand that joins a task which waits, in the end, for that strand; `undefined` when it does not. */
export function deadlock(start: Strand, strands: Strands): UsageError | undefined {
  const circle = circleOf(start, strands);
  if (circle === undefined) return undefined;
  const names = [...circle, start].map((strand) => strandName(strand) || "main");
  const steps = names.slice(1).map((name, at) => `${names[at]} waits for ${name}`);
  return new UsageError(
    `join would wait for ever: ${steps.join(", ")}. Join a task only from strands that it does not wait for, or limit the wait: ` +
      "withTimeout(…, () => task.join()).",
  );
}

/**
 * The circle that a strand closes by joining, itself first; `undefined` when there is none. A circle that ends by itself is none: one with an open `withTimeout`
 * in it, or one that goes through a `race` or `any` of which other strands still run.
 */
function circleOf(start: Strand, strands: Strands): readonly Strand[] | undefined {
  const from = new Map<Strand, Strand>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of needed(at, strands)) {
      if (next === start) return wayTo(at, from);
      if (from.has(next)) continue;
      from.set(next, at);
      open.push(next);
    }
  }
  return undefined;
}

/** The strands that have to end before this one can go on. */
function needed(strand: Strand, strands: Strands): Iterable<Strand> {
  const { wait, scopes } = strand;
  if (scopes.some(({ fired }) => !fired)) return [];
  if (wait?.kind === "join") {
    const target = strands.get(wait.task.id);
    return target === undefined ? [] : [target];
  }
  if (wait?.kind === "arguments") return wait.on.map((call) => strands.get(call.id)).filter((target) => target !== undefined);
  if (wait?.kind !== "group") return [];
  const isChoice = (wait.combinator === "race" || wait.combinator === "any") && !wait.isDecided;
  const others = isChoice ? wait.size - wait.next + wait.children.size - 1 : 0;
  return others > 0 ? [] : wait.children;
}

function wayTo(end: Strand, from: ReadonlyMap<Strand, Strand>): Strand[] {
  const way: Strand[] = [];
  for (let at: Strand | undefined = end; at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
