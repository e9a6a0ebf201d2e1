import { UsageError } from "../../shared/errors.js";
import type { NoteValue } from "../store/store.js";
import { runPort } from "../suspend.js";

/**
 * Notes a fact about the run by which it can be found: `note("customer", order.customer)`, and later `flow.runs({ note: { customer: "c-7" } })`. It is written with the
 * next commit, takes the place of an earlier one of that key, and is never encrypted. Throws UsageError for a key that is no text, and a value that is no text,
 * finite number, boolean or null.
 */
export function note(key: string, value: NoteValue): void {
  if (typeof key !== "string" || key === "") throw new UsageError("note: the key is a text of at least one character.");
  const isPlain = value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  if (!isPlain)
    throw new UsageError(`note "${key}": the value is ${describe(value)}; it can be a text, a finite number, a boolean or null.`);
  runPort("note").note(key, value);
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value === "object" ? "an object" : `of type ${typeof value}`;
}
