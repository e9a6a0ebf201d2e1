/** The world outside: three slow services. Each says when it begins and when it is done. */
import { setTimeout as wait } from "node:timers/promises";
import { step } from "flowc";

export interface Customer {
  readonly name: string;
  readonly country: string;
}

export interface Line {
  readonly item: string;
  readonly cents: number;
}

async function slowly<T>(what: string, value: T): Promise<T> {
  console.log(`begin ${what}`);
  await wait(300);
  return value;
}

export const loadCustomer = step((id: number): Promise<Customer> =>
  slowly("customer", { name: `customer ${id}`, country: "NL" }),
);

export const loadLines = step((id: number): Promise<Line[]> =>
  slowly("lines", [
    { item: "tea", cents: 450 + id },
    { item: "cup", cents: 900 },
  ]),
);

export const taxRate = step((country: string): Promise<number> => slowly(`tax of ${country}`, country === "NL" ? 21 : 0));

export const discount = step((item: string): Promise<number> => slowly(`discount on ${item}`, item === "cup" ? 100 : 0));
