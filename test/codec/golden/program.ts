/** The program that the goldens of a program refer to. `program.compiled.mjs` is what the compiler made of it when they were written. */
import { sleep } from "flowc";

export class Basket {
  owner: Basket = this;
  items: string[] = [];
  constructor(readonly name: string) {}
  add(sku: string): number {
    return this.items.push(sku);
  }
}

export const prices = new Map([["pen", 120]]);

/** Suspended three frames deep, with a shared variable, a class instance, a Map and a try block under way. */
export function shop(name: string): string {
  const basket = new Basket(name);
  let count = 0;
  const add = (sku: string): void => {
    count++;
    basket.add(sku);
  };
  add("pen");
  let cents = 0;
  try {
    for (const sku of ["ink", "pen"]) cents += order(sku, add);
  } finally {
    cents += 1;
  }
  return `${basket.owner.name} has ${basket.items.join(" and ")}: ${count} items, ${cents} cents`;
}

function order(sku: string, add: (sku: string) => void): number {
  pause(sku);
  add(sku);
  return prices.get(sku) ?? 5;
}

function pause(sku: string): void {
  if (sku === "pen") sleep("3 days");
}

/** Closures over one variable, a method, a class, a constant, and a function. */
export function values(): unknown {
  let total = 1;
  const add = (n: number): number => (total += n);
  const read = (): number => total;
  return { add, read, again: add, method: Basket.prototype.add, Basket, prices, shop, basket: new Basket("b") };
}
