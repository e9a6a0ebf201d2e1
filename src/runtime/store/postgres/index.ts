/** `flowc/postgres`: a store for many workers on many machines. */
/** What the bodies of `step.tx` are given, see there. */
export type { ClientBase } from "pg";
export type { PostgresOptions } from "./options.js";
export { postgres } from "./store.js";
