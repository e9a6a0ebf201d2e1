import { step } from "flowc";

/** `orders` of `bench/graphs.ts`, which the benchmark lends. */
const makeOrders = (count: number): unknown => globalThis.makeOrders(count);

const nothing = step((at: number) => {
  globalThis.onStep?.(at);
});

declare global {
  var onStep: ((at: number) => void) | undefined;
  var makeOrders: (count: number) => unknown;
}

/** Holds many objects and changes one of them before each step. */
export function holding(objects: number, count: number): number {
  const items = Array.from({ length: objects }, (_, id) => ({
    id,
    name: `item number ${id} of the shop`,
    price: id * 0.25,
    stock: id % 7,
  }));
  for (let i = 0; i < count; i++) {
    const item = items[(i * 7919) % objects];
    if (item !== undefined) item.stock++;
    nothing(i);
  }
  return items.length;
}

/** The same with the graph of `bench/graphs.ts`. */
export function ordering(orders: number, count: number): number {
  const shop = makeOrders(orders) as { orders: { status: string }[] };
  for (let i = 0; i < count; i++) {
    const order = shop.orders[(i * 7919) % orders];
    if (order !== undefined) order.status = `changed ${i}`;
    nothing(i);
  }
  return shop.orders.length;
}

/** Makes its steps at the bottom of a recursion, each level of which holds something. */
export function deep(depth: number, count: number): number {
  const level = { depth };
  if (depth > 0) return deep(depth - 1, count) + level.depth;
  for (let i = 0; i < count; i++) nothing(i);
  return level.depth;
}

/** Holds one buffer. */
export function buffering(bytes: number, count: number): number {
  const data = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i += 1024) data[i] = Math.imul(i, 2_654_435_761) >>> 24;
  for (let i = 0; i < count; i++) nothing(i);
  return data.length;
}
