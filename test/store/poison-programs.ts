/** Workflows that take their process with them, and one that stands beside them. */
import { step } from "../../src/runtime/effects/step.js";
import { done, fn, goto } from "../runtime/kit.js";

/** In its code, before it has done anything. */
export const poisonInCode = fn("poisonInCode", [() => process.abort()]);

const abort = step(() => process.abort(), { name: "abort" });
export const poisonInStep = fn("poisonInStep", [() => abort()]);

const later = step(() => new Promise<void>((resolve) => setTimeout(resolve, 300)).then(() => process.abort()), { name: "later" });
export const poisonInSlowStep = fn("poisonInSlowStep", [() => later()]);

const work = step(() => new Promise<void>((resolve) => setTimeout(resolve, 350)), { name: "work" });

/** Two steps, each of which takes longer than the poisons let a process live. */
export const innocent = fn("innocent", [
  (v) => {
    v["i"] = 0;
  },
  () => work(),
  (v) => {
    v["i"] = (v["i"] as number) + 1;
    return (v["i"] as number) < 2 ? goto(1) : done("fine");
  },
]);
