/** `flowc/postgres`: a store for many workers on many machines. */
/**
 * What the body of a transactional step is given.
 *
 * @public
 */
export type { ClientBase } from "pg";
export type { PostgresOptions } from "./options.js";
export { postgres } from "./store.js";
