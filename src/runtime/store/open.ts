import { UsageError } from "../../shared/errors.js";
import { memory } from "./memory.js";
import { postgres } from "./postgres/index.js";
import type { Store } from "./store.js";
import { sqlite, type SqliteOptions } from "./sqlite/index.js";

const FORMS = `"sqlite:flow.db", a path that ends in ".db", "postgres://user@host/database", or "memory:"`;

/**
 * The store a URL names: `sqlite:flow.db`, `sqlite:./data/x.db`, `./x.db`, `postgres://user@host/database?schema=shop`, `memory:`. Relative paths start at the working directory.
 * Throws UsageError for any other form, StoreError when the file cannot be used; whether a database can is found out when it is first used.
 */
export function openStore(url: string, options: SqliteOptions = {}): Store {
  if (url === "memory:") return memory();
  if (/^postgres(ql)?:/.test(url)) return postgres(url);
  const path = url.startsWith("sqlite:")
    ? url.slice("sqlite:".length)
    : url.endsWith(".db") && !/^[a-z][a-z\d+.-]+:/i.test(url)
      ? url
      : undefined;
  if (path === undefined) throw new UsageError(`${JSON.stringify(url)} does not name a store; give ${FORMS}.`);
  if (path === "") throw new UsageError(`${JSON.stringify(url)} names no file; give ${FORMS}.`);
  return sqlite(path, options);
}
