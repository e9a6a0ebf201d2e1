/** What a program holds that handles orders: records that refer to each other both ways, indexes, dates, money. */

interface Customer {
  id: string;
  name: string;
  email: string;
  city: string;
  vip: boolean;
  orders: Order[];
  interests: Set<string>;
}

interface Item {
  sku: string;
  title: string;
  quantity: number;
  cents: number;
  weight: number;
}

interface Order {
  id: string;
  customer: Customer;
  items: Item[];
  placed: Date;
  total: bigint;
  status: string;
  tags: string[];
  previous: Order | null;
  note: string | undefined;
}

const CITIES = ["Zürich", "Lyon", "Göteborg", "Kraków", "Porto", "Gent", "Leeds", "Graz"];
const STATUSES = ["received", "reserved", "paid", "shipped", "delivered", "returned"];
const TAGS = ["gift", "express", "fragile", "backorder", "wholesale", "first order", "fraud check", "pick up"];

/** The same graph each time: `count` orders of a tenth as many customers. */
export function orders(count: number): unknown {
  const random = randomFrom(7);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const catalogue = Array.from({ length: 400 }, (_, i) => ({ sku: `SKU-${10_000 + i * 7}`, title: `Article number ${i}` }));
  const customers = Array.from({ length: count / 10 }, (_, i): Customer => ({
    id: `C${i}`,
    name: `Customer ${i}`,
    email: `customer${i}@shop.example`,
    city: pick(CITIES),
    vip: random(10) === 0,
    orders: [],
    interests: new Set([pick(TAGS), pick(TAGS)]),
  }));
  const all = Array.from({ length: count }, (_, i): Order => {
    const customer = pick(customers);
    const items = Array.from({ length: 1 + random(4) }, (): Item => {
      const { sku, title } = pick(catalogue);
      return { sku, title, quantity: 1 + random(5), cents: 99 + random(20_000), weight: random(5000) / 1000 };
    });
    const order: Order = {
      id: `2026-${String(i).padStart(6, "0")}`,
      customer,
      items,
      placed: new Date(1_790_000_000_000 + i * 61_000),
      total: items.reduce((sum, item) => sum + BigInt(item.quantity * item.cents), 0n),
      status: pick(STATUSES),
      tags: Array.from({ length: random(4) }, () => pick(TAGS)),
      previous: customer.orders.at(-1) ?? null,
      note: random(5) === 0 ? `Please ring twice, door ${i}` : undefined,
    };
    customer.orders.push(order);
    return order;
  });
  return {
    orders: all,
    byId: new Map(all.map((order) => [order.id, order])),
    lastOf: new Map(customers.map((customer) => [customer, customer.orders.at(-1)])),
    open: new Set(all.filter((order) => order.status !== "delivered")),
    // Beyond 64 bits.
    checksum: 0xfedc_ba98_7654_3210_0123_4567_89ab_cdefn,
    started: new Date(1_790_000_000_000),
  };
}

/** The classes and the function that `oddities` refer to; a compiled program would have registered them. */
export class Money {
  cents = 1250;
  currency = "EUR";
}
export class Cart extends Map<string, number> {}
export function five(): number {
  return 5;
}

/** Values that programs hold now and then, none of them far-fetched. */
export function oddities(): readonly unknown[] {
  const shared = new Uint8Array([1, 2, 3, 4]).buffer;
  const self: unknown[] = [];
  self.push(self);
  const failed = Object.assign(new RangeError("out of stock", { cause: new Error("below zero") }), { code: "E_STOCK" });
  return [
    -0, NaN, [-0, NaN], undefined, [undefined], { gone: undefined }, Array(3), Object.assign([1, 2], { total: 3 }), new Date(NaN),
    new Money(), new Cart([["a", 1]]), Object.freeze({ currency: "EUR" }), Object.create(null),
    Object.defineProperty({ seen: 1 }, "hidden", { value: 2 }), Object.defineProperty({}, "total", { get: five, enumerable: true }),
    { [Symbol.for("kind")]: "order" }, Symbol.for("kind"), 2n ** 80n, -(2n ** 63n) - 1n, "\ud800", Object("boxed"), JSON.parse('{"__proto__": {"admin": true}}'),
    failed, new AggregateError([failed], "both"), /[a-z]+/giu, Object.assign(/x/g, { lastIndex: 1 }), new URL("https://shop.example/?q=1"),
    [new Uint8Array(shared), new Uint8Array(shared, 2)], new Map([[{ id: 1 }, new Set([{ id: 1 }])]]), self, new Float32Array([NaN, 1]), Buffer.from("bytes"),
  ]; // prettier-ignore
}

function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
