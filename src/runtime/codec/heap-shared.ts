/**
 * What several variables hold together. In a heap report it belongs to none of them, and often it is most of the continuation: a list of records and a Map that finds
 * them by id hold each record together.
 *
 *     frame ─▶ rows ─▶ row 1, row 2, …        dominated by the frame, not by `rows` or `byId`:
 *       └────▶ byId ──────┴──────┘            held by "byId, rows"
 */
import type { Dominators } from "./dominators.js";

/** What is known of the graph. Objects are numbers. */
export interface HeapGraph extends Dominators {
  /** By object, those it refers to. */
  readonly edges: readonly (readonly number[])[];
  /** The runtime's own: frames, and what holds them. */
  isRuntimes(id: number): boolean;
  /** The variables of a frame in which an object is; none when `frame` is no frame. */
  variablesOf(frame: number, id: number): readonly string[];
  /** The way to an object, from a variable on. */
  pathOf(id: number): string;
}

/** Objects that go when all of their holders do. */
export interface Shared {
  /** Names of variables, or ways to other shared objects; sorted. */
  readonly holders: readonly string[];
  readonly ids: number[];
}

/** Groups by who holds them the objects that no variable dominates, for which nobody else but their holders is to blame. */
export function sharedObjects(graph: HeapGraph): Shared[] {
  const shared = holdersOf(graph);
  const groups = new Map<string, Shared>();
  for (const [id, names] of shared) {
    const holders = [...names].sort();
    const key = holders.join();
    const group = groups.get(key) ?? { holders, ids: [] };
    groups.set(key, group);
    group.ids.push(id);
  }
  return [...groups.values()];
}

/** By shared object, what holds it. */
function holdersOf(graph: HeapGraph): Map<number, Set<string>> {
  const { order, edges } = graph;
  const found = new Map<number, Set<string>>();
  for (const id of order) if (!graph.isRuntimes(id) && graph.isRuntimes(graph.dominator[id]!)) found.set(id, new Set());
  for (const from of order) {
    for (const id of edges[from]!) {
      const names = found.get(id);
      if (names !== undefined) for (const name of namesOf(graph, from, id)) names.add(name);
    }
  }
  // What is in one variable and nowhere else.
  for (const [id, names] of found) if (names.size < 2) found.delete(id);
  return found;
}

/** What holds `id`, when `from` refers to it. */
function namesOf(graph: HeapGraph, from: number, id: number): readonly string[] {
  if (graph.isRuntimes(from)) return graph.variablesOf(from, id);
  let top = from;
  while (!graph.isRuntimes(graph.dominator[top]!)) top = graph.dominator[top]!;
  // Part of a ring: it holds itself.
  return top === id ? [] : [graph.pathOf(top)];
}
