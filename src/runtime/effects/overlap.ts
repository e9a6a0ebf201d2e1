import { UsageError } from "../../shared/errors.js";
import { registerValue } from "../registry.js";
import { primitive } from "../suspend.js";

/**
 * Calls `fn`, a function literal, and lets the calls in it that suspend overlap, although the code reads as if they were made one after the other:
 *
 *     const invoice = overlap(() => {
 *       const customer = loadCustomer(id);          // starts
 *       const orders = loadOrders(id);              // starts beside it
 *       const total = sum(orders);                  // waits for the orders
 *       return { customer, total };                 // answered when all is there
 *     });
 *
 * A call begins as soon as the results among its arguments are there; whatever else is done with a result waits for it. See docs/concurrency.md for the rules.
 * In code that is not compiled, and for a function that makes no such call, it is a plain call of `fn`. Throws UsageError when `fn` is no function.
 */
export function overlap<T>(fn: () => T): T {
  if (typeof fn !== "function") throw new UsageError(`overlap() takes a function, not ${typeof fn}.`);
  // All of the work is in the compiled code of `fn`; nothing is left to do here when it has ended.
  return fn();
}

registerValue("flowc:overlap", primitive(overlap));
