/** The embedded store: one SQLite file, through node:sqlite. */
export type { SqliteOptions } from "./connect.js";
export { sqlite, SqliteStore } from "./store.js";
