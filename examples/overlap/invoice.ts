import { overlap } from "flowc";
import { discount, loadCustomer, loadLines, taxRate } from "./services.ts";

/** Reads from top to bottom, and takes as long as its longest path: two rounds of services, not five. */
export function invoice({ order }: { readonly order: number }): string {
  const { customer, tax, net } = overlap(() => {
    const customer = loadCustomer(order); // begins
    const lines = loadLines(order); // begins beside it
    const discounts: number[] = [];
    for (const { item } of lines) discounts.push(discount(item)); // waits for the lines; all discounts at once
    const tax = taxRate(customer.country); // waits for the customer, not for the discounts
    const gross = lines.reduce((sum, { cents }) => sum + cents, 0);
    const net = gross - discounts.reduce((sum, each) => sum + each, 0); // waits for the discounts
    return { customer, tax, net };
  });
  return `${customer.name}: ${net} + ${tax}%`;
}
