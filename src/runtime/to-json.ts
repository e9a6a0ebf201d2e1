import { inspect } from "node:util";

/** A value as JSON-safe data, for the command line and HTTP: what JSON has no form for becomes text or arrays, and a cycle is cut. */
export function toJson(value: unknown, above: readonly object[] = []): unknown {
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") return inspect(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[circular]";
  // Secrets, of whichever copy of the runtime.
  if (Object.prototype.toString.call(value) === "[object Secret]") return inspect(value);
  const inside = [...above, value];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof Map) return [...value].map((entry) => toJson(entry, inside));
  if (value instanceof Set || Array.isArray(value)) return [...value].map((element) => toJson(element, inside));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each, inside)]));
}
