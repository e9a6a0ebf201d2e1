/**
 * Transactions that steps take part in, on connections of their own: a body may keep one for long, and the commits of all other runs must not wait for it.
 *
 *     BEGIN ──▶ body ──▶ constraints are checked ──▶ the commit of the run ──▶ COMMIT
 *
 * Upholds I4: what the body wrote and the commit happen together. When it is not known whether they did, nobody goes on from memory: the next claim of the worker hands the
 * run over anew, and waits for the end of the transaction, which has locked the run.
 */
import type pg from "pg";
import { StoreError, UsageError } from "../../../shared/errors.js";
import type { Commit, CommitResult } from "../store.js";
import type { Committed, Committer } from "./commit.js";
import { OWN_TYPES, PLANS, type Connections, type Runner, type Statement } from "./connect.js";
import { codeOf, isCollision, storeError } from "./failures.js";

const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL flowc.step = 'open'";
/**
 * What the body left for the end is checked while nothing depends on it, statements of the store are planned as on its own connections, and a setting tells whether this
 * is the transaction still.
 */
const CLOSE_BODY = [
  "SET CONSTRAINTS ALL IMMEDIATE",
  ...PLANS.map((setting) => `SET LOCAL ${setting}`),
  "SELECT current_setting('flowc.step', true) AS step",
].join("; ");

export interface TransactionHost {
  /** Takes note of commits that are durable. */
  wereCommitted(commits: readonly Commit[], committed: Committed): void;
  /** What became of them is not known: their runs are not held any more. */
  letGo(commits: readonly Commit[]): void;
}

/** Who is to blame for an error. */
type Stage = "begin" | "body" | "close" | "commit";

export class Transactions {
  readonly #connections: Connections;
  readonly #committer: Committer;
  readonly #host: TransactionHost;

  constructor(connections: Connections, committer: Committer, host: TransactionHost) {
    this.#connections = connections;
    this.#committer = committer;
    this.#host = host;
  }

  /** See `Store.transaction`. */
  async run<T>(
    body: (client: unknown) => Promise<T>,
    commits: (value: T) => Promise<readonly Commit[]>,
  ): Promise<CommitResult[]> {
    const { client, giveBack, isLost: isBroken } = await this.#connections.borrow();
    const query = (text: string): Promise<unknown> => client.query(this.#timed({ text }));
    let stage: Stage = "begin";
    let made: readonly Commit[] = [];
    try {
      await query(BEGIN);
      stage = "body";
      const value = await body(client);
      stage = "close";
      if (!isOpen(await query(CLOSE_BODY))) throw new UsageError(ENDED);
      stage = "commit";
      made = await commits(value);
      const committed = made.length === 0 ? undefined : await this.#committer.commit(made, this.#runner(client));
      const isLost = committed === undefined || committed.results.includes("superseded");
      await query(isLost ? "ROLLBACK" : "COMMIT");
      giveBack();
      if (isLost) this.#host.letGo(made);
      else this.#host.wereCommitted(made, committed);
      return made.map(() => (isLost ? "superseded" : "committed"));
    } catch (error) {
      // Also ends what the body may still be doing with it.
      giveBack(true);
      this.#host.letGo(made);
      throw this.#reason(error, stage, isBroken());
    }
  }

  #reason(error: unknown, stage: Stage, isLost: boolean): unknown {
    const { shown } = this.#connections.settings;
    if (isLost || (stage === "commit" && isCollision(error)) || isShutdown(error))
      return new StoreError(`A transaction in ${shown} did not come to its end: ${String(error)}.`, "unavailable", {
        cause: error,
      });
    if (stage === "body") return error;
    const told = storeError(error, shown);
    return stage === "close" && !(told instanceof StoreError && told.reason === "unavailable") ? bodyError(error) : told;
  }

  #runner(client: pg.ClientBase): Runner {
    return {
      run: async <R extends object>({ name, text, values }: Statement): Promise<R[]> => {
        const statement = { name: `flowc ${name}`, text, values: values as unknown[], types: OWN_TYPES };
        return (await client.query<R>(this.#timed(statement))).rows;
      },
    };
  }

  /** As on the connections of the store itself: what does not answer in time counts as lost. */
  #timed<Q extends pg.QueryConfig>(query: Q): Q {
    return { ...query, query_timeout: this.#connections.settings.timeoutMs };
  }
}

const ENDED = "The body of a step.tx() has ended its transaction: it must not COMMIT or ROLLBACK what it is given.";

/** @param results of `CLOSE_BODY`, one a statement */
function isOpen(results: unknown): boolean {
  const last = (results as pg.QueryResult<{ step: string | null }>[]).at(-1);
  return last?.rows[0]?.step === "open";
}

/** The server has ended the connection. */
function isShutdown(error: unknown): boolean {
  return /^(57P0[1-3]|08...)$/.test(codeOf(error) ?? "");
}

/** What the database says about how the body has left the transaction. */
function bodyError(error: unknown): unknown {
  if (codeOf(error) === "25P02")
    return new UsageError(
      "A statement in the body of a step.tx() failed and its error was caught, but the transaction cannot go on after it: let the error pass, or use a SAVEPOINT.",
      { cause: error },
    );
  return error;
}
