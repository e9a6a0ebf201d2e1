/** A workflow for workers on PostgreSQL. */
import { stepContext } from "../../../src/runtime/effects/context.js";
import { step } from "../../../src/runtime/effects/step.js";
import { channel } from "../../../src/runtime/effects/channel.js";
import { done, fn, goto } from "../../runtime/kit.js";

const keys: string[] = [];

/** The keys of all attempts that were made for a run in this process, in order. */
export function attempts(run: string): string[] {
  return keys.filter((key) => key.startsWith(`${run}:`));
}

const tick = step(
  async () => {
    keys.push(stepContext().idempotencyKey);
    await new Promise((resolve) => setTimeout(resolve, 2));
  },
  { name: "tick" },
);

/** Takes so many steps. */
export const countTo = fn(
  "countTo",
  [
    (v) => {
      v["i"] = 0;
    },
    () => tick(),
    (v) => {
      v["i"] = (v["i"] as number) + 1;
      return (v["i"] as number) < (v["n"] as number) ? goto(1) : done(v["i"]);
    },
  ],
  { params: ["n"] },
);

const word = channel<string>("word");

/** Waits for a message. */
export const waits = fn("waits", [() => word.receive(), (_, value) => done(value)]);

/** Takes a step and fails. */
export const fails = fn("fails", [
  () => tick(),
  () => {
    throw new RangeError("out of stock");
  },
]);
