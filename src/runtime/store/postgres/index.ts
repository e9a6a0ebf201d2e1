/** `flowc/postgres`: a store for many workers on many machines. */
export type { PostgresOptions } from "./options.js";
export { postgres } from "./store.js";
