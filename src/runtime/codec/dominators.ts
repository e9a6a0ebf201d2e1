/** Dominators of a graph: K. D. Cooper, T. J. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */

export interface Dominators {
  /** The nodes that can be reached from node 0, each after those that dominate it. */
  readonly order: readonly number[];
  /** By node: the one closest to it without which it cannot be reached. That of node 0 is node 0; `undefined` for what cannot be reached. */
  readonly dominator: readonly (number | undefined)[];
}

/** @param edges by node, the nodes it leads to */
export function dominators(edges: readonly (readonly number[])[]): Dominators {
  const order = reversePostorder(edges);
  const rank = new Map(order.map((id, at) => [id, at]));
  const before = predecessors(edges, order);
  const dominator: (number | undefined)[] = [];
  dominator[0] = 0;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      if (rank.get(a)! > rank.get(b)!) a = dominator[a]!;
      else b = dominator[b]!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const id of order) {
      if (id === 0) continue;
      const known = before[id]!.filter((each) => dominator[each] !== undefined);
      const next = known.reduce(meet);
      if (dominator[id] === next) continue;
      dominator[id] = next;
      changed = true;
    }
  }
  return { order, dominator };
}

/** Depth first, without recursion: graphs are as deep as lists are long. */
function reversePostorder(edges: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const seen = new Set([0]);
  const stack = [{ id: 0, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = edges[top.id]![top.next++];
    if (to === undefined) {
      order.push(top.id);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ id: to, next: 0 });
    }
  }
  return order.reverse();
}

function predecessors(edges: readonly (readonly number[])[], order: readonly number[]): number[][] {
  const before: number[][] = Array.from({ length: edges.length }, () => []);
  for (const id of order) for (const to of edges[id]!) before[to]!.push(id);
  return before;
}
