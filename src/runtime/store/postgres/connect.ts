/**
 * Connections to the database. `pg` is loaded when the first one is needed, so that programs which use another store do without it. Upholds: every call is one
 * statement, which is one transaction; what the database and the network say comes out as a StoreError.
 */
import type pg from "pg";
import { StoreError } from "../../../shared/errors.js";
import { isCollision, storeError } from "./failures.js";
import { Lent, type Borrowed } from "./lent.js";
import { migrate } from "./migrate.js";
import type { Settings } from "./options.js";

type Pg = typeof pg;

/** A prepared statement and what it is called with. */
export interface Statement {
  /** Names it on each connection; the same text always. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly Value[];
}

export type Value = string | number | boolean | Uint8Array | readonly string[] | null;

/** Where statements are made: on any connection, or in a transaction. */
export interface Runner {
  /** The rows a statement answers. Throws StoreError. */
  run<R extends object>(statement: Statement): Promise<R[]>;
}

/** Tables are found by index, and plans are made once: the planner cannot know how long the arrays are that statements are called with. */
export const PLANS: readonly string[] = [
  "plan_cache_mode=force_generic_plan",
  "enable_hashjoin=off",
  "enable_mergejoin=off",
  "enable_seqscan=off",
  "jit=off",
];

/** A connection that nobody uses for so long is closed; a new one has to plan its statements anew. */
const IDLE_MS = 60_000;

/** How often a statement that collided with another is tried. */
const TRIES = 10;

const BIGINT = 20;
const BIGINTS = 1016;

export class Connections implements Runner {
  readonly #settings: Settings;
  #opening: Promise<pg.Pool> | undefined;
  #pg: Pg | undefined;
  #lent: Lent | undefined;
  #closed = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async run<R extends object>({ name, text, values }: Statement): Promise<R[]> {
    const pool = await this.#pool();
    for (let tries = 1; ; tries++) {
      try {
        const { rows } = await pool.query<R>({ name, text, values: values as unknown[] });
        return rows;
      } catch (error) {
        if (tries < TRIES && isCollision(error)) continue;
        throw storeError(error, this.#settings.shown);
      }
    }
  }

  /** A connection outside of the pool, for listening. Throws StoreError. */
  async separate(): Promise<pg.Client> {
    await this.#pool();
    const client = new this.#pg!.Client(this.#config());
    // Without a listener an error of a connection ends the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw storeError(error, this.#settings.shown);
    }
  }

  get settings(): Settings {
    return this.#settings;
  }

  /**
   * A connection with the defaults of `pg` and of the server, of which there are as many as of the others. Waits for one that is free. Throws StoreError.
   */
  async borrow(): Promise<Borrowed> {
    await this.#pool();
    const { connections, shown } = this.#settings;
    this.#lent ??= new Lent(connections, () => new this.#pg!.Client(this.#plainConfig()));
    try {
      return await this.#lent.take();
    } catch (error) {
      throw storeError(error, shown);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const pool = await this.#opening?.catch(() => undefined);
    await Promise.all([pool?.end(), this.#lent?.close()]);
  }

  #pool(): Promise<pg.Pool> {
    if (this.#closed) return Promise.reject(new StoreError(`The store ${this.#settings.shown} was closed.`, "closed"));
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw storeError(error, this.#settings.shown);
    });
    return this.#opening;
  }

  async #open(): Promise<pg.Pool> {
    const { connections, timeoutMs, schema, shown } = this.#settings;
    this.#pg = await load();
    await migrate(new this.#pg.Client(this.#config()), schema, shown);
    const pool = new this.#pg.Pool({
      ...this.#config(),
      max: connections,
      query_timeout: timeoutMs,
      // A statement that nobody waits for any longer does not happen later.
      statement_timeout: timeoutMs,
      allowExitOnIdle: true,
      idleTimeoutMillis: IDLE_MS,
    });
    // Connections that are lost while nobody uses them: the pool has removed them already.
    pool.on("error", () => undefined);
    return pool;
  }

  #config(): pg.ClientConfig {
    const target = new URL(this.#settings.url);
    const given = target.searchParams.get("options");
    target.searchParams.set(
      "options",
      [...(given === null ? [] : [given]), ...PLANS.map((setting) => `-c ${setting}`)].join(" "),
    );
    return { ...this.#plainConfig(), connectionString: target.href, types: OWN_TYPES };
  }

  #plainConfig(): pg.ClientConfig {
    const { url, timeoutMs } = this.#settings;
    return { connectionString: url, application_name: "flowc", connectionTimeoutMillis: timeoutMs, keepAlive: true };
  }
}

/** Numbers of ours stay below 2^53. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [BIGINT]: Number,
  [BIGINTS]: (text) => (text === "{}" ? [] : text.slice(1, -1).split(",").map(Number)),
};

/** How what the store reads is parsed. */
export const OWN_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => PARSERS[oid] ?? (types().getTypeParser(oid, format) as (text: string) => unknown),
};

let loaded: Pg | undefined;

function types(): Pg["types"] {
  return loaded!.types;
}

async function load(): Promise<Pg> {
  try {
    const module = await import("pg");
    return (loaded = module.default);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new StoreError('A store in PostgreSQL needs the package "pg", which is not installed: npm install pg', "io", {
      cause: error,
    });
  }
}
