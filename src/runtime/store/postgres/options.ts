import { UsageError } from "../../../shared/errors.js";

/** Options of a store in PostgreSQL. */
export interface PostgresOptions {
  /** The PostgreSQL schema that holds the tables; created when it is not there. Also `?schema=` in the URL. Default `flowc`. */
  readonly schema?: string;
  /** How many connections this process opens at most, besides one that listens. Default 4. */
  readonly connections?: number;
  /** How long an answer of the database is waited for, in milliseconds; then the connection counts as lost. Default 30,000. */
  readonly timeoutMs?: number;
}

/** What a store needs to know, checked. */
export interface Settings {
  readonly url: string;
  /** For messages: without the password. */
  readonly shown: string;
  readonly schema: string;
  readonly connections: number;
  readonly timeoutMs: number;
}

/** PostgreSQL cuts names at 63 bytes, and the channel for notes has a prefix. */
const SCHEMA = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;

/** Throws UsageError for what cannot be a store. */
export function settingsOf(url: string, options: PostgresOptions): Settings {
  const parsed = parse(url);
  const { schema = parsed.searchParams.get("schema") ?? "flowc", connections = 4, timeoutMs = 30_000 } = options;
  parsed.searchParams.delete("schema");
  if (!SCHEMA.test(schema))
    throw new UsageError(`postgres(): schema is ${JSON.stringify(schema)}; it is a name of letters, digits and "_", 50 at most.`);
  if (!(connections >= 1)) throw new UsageError(`postgres(): connections is ${connections}; it has to be at least 1.`);
  if (!(timeoutMs > 0)) throw new UsageError(`postgres(): timeoutMs is ${timeoutMs}; it has to be more than 0.`);
  return { url: parsed.href, shown: shownOf(parsed), schema, connections, timeoutMs };
}

function parse(url: string): URL {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw new UsageError("postgres() takes a URL: postgres://user:password@host:5432/database.");
}

/** Passwords are also given as a parameter. */
function shownOf({ protocol, username, host, pathname }: URL): string {
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
