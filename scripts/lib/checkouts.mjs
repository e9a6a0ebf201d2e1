import { setTimeout as delay } from "node:timers/promises";
import { makeOrder } from "./orders.mjs";

/** How long it takes to pack an item. */
const PACKING = "500 ms";
const MOST_ITEMS = 150;

/** Checkout runs: as many under way at any time as asked for, so that there is something to disturb. */
export class Checkouts {
  /** @type {import("./orders.mjs").Order[]} */
  orders = [];
  #program;
  #flow;
  #atOnce;
  #items;
  #isStarting = false;

  /**
   * @param {any} program the bundled example
   * @param {string} store
   * @param {number} atOnce
   * @param {number} kills a kill takes about a second, half of it a worker at work: so runs outlast many of them
   */
  constructor(program, store, atOnce, kills) {
    this.#program = program;
    /** @type {import("../../src/index.js").Flow} */
    this.#flow = program.$flowc.open({ store: program.$flowc.openStore(store) });
    this.#atOnce = atOnce;
    this.#items = Math.min(6 + Math.ceil(kills * 0.7), MOST_ITEMS);
  }

  /** Number of effects of a run. */
  get effects() {
    return this.#items + 2;
  }

  /** Starts another lot of runs. Each call can be repeated: runs and messages have ids. */
  async start() {
    const lot = Array.from({ length: this.#atOnce }, (_, at) => {
      const number = this.orders.length + at;
      return makeOrder(`order-${number}`, this.#items, PACKING, number % 5 === 0);
    });
    this.orders.push(...lot);
    for (const order of lot) {
      const run = await patiently(() => this.#flow.start(this.#program.checkout, [order], { id: order.id }));
      if (order.items[0] && order.items[0].cents > 100_000) await patiently(() => run.send("approval", true, { id: "approved" }));
    }
  }

  /** Starts more when fewer than half are left. */
  async topUp() {
    if (this.#isStarting || (await this.live()) >= this.#atOnce / 2) return;
    this.#isStarting = true;
    await this.start();
    this.#isStarting = false;
  }

  async live() {
    const query = { status: /** @type {const} */ (["ready", "running", "waiting", "retrying"]), limit: this.orders.length };
    return (await patiently(() => this.#flow.runs(query))).length;
  }

  async completed() {
    const query = { status: /** @type {const} */ (["completed"]), limit: this.orders.length };
    return (await patiently(() => this.#flow.runs(query))).length;
  }

  close() {
    return this.#flow.close();
  }
}

/**
 * What the call answers once the store can be reached.
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
async function patiently(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (/** @type {{ reason?: string }} */ (error).reason !== "unavailable") throw error;
      await delay(100);
    }
  }
}
