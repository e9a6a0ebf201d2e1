/** Connections that are lent for as long as somebody needs one, a limited number of them. Whoever comes when all are lent waits. */
import type pg from "pg";
import { UsageError } from "../../../shared/errors.js";

/** A connection, until it is given back. */
export interface Borrowed {
  readonly client: pg.Client;
  /** Once. @param isSpoiled it is closed and not lent again */
  giveBack(isSpoiled?: boolean): void;
  /** The connection has broken. */
  isLost(): boolean;
}

export class Lent {
  readonly #most: number;
  readonly #make: () => pg.Client;
  readonly #idle: pg.Client[] = [];
  readonly #lost = new WeakSet<pg.Client>();
  /** Those that are lent, and those on their way. */
  #count = 0;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(most: number, make: () => pg.Client) {
    this.#most = most;
    this.#make = make;
  }

  /** Rejects with what `pg` says when there is no connection to be had, and with UsageError when nothing is lent any more. */
  async take(): Promise<Borrowed> {
    // A place that becomes free goes to whoever waits for it.
    if (this.#count >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#count++;
    try {
      if (this.#isClosed) throw new UsageError("The store was closed while a transaction waited for a connection.");
      return this.#lend(this.#idle.pop() ?? (await this.#connect()));
    } catch (error) {
      this.#leavePlace();
      throw error;
    }
  }

  #lend(client: pg.Client): Borrowed {
    return {
      client,
      isLost: () => this.#lost.has(client),
      giveBack: (isSpoiled = false) => {
        // Ends it at once, also when a statement is under way.
        if (isSpoiled || this.#isClosed || this.#lost.has(client)) client.end().catch(() => undefined);
        else this.#idle.push(client);
        this.#leavePlace();
      },
    };
  }

  #leavePlace(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#count--;
    else next();
  }

  async #connect(): Promise<pg.Client> {
    const client = this.#make();
    const onLost = (): void => {
      this.#lost.add(client);
      const at = this.#idle.indexOf(client);
      if (at >= 0) this.#idle.splice(at, 1);
    };
    // Without a listener an error of a connection ends the process.
    client.on("error", onLost);
    client.on("end", onLost);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wait of this.#waiting.splice(0)) wait();
    await Promise.all(this.#idle.splice(0).map((client) => client.end().catch(() => undefined)));
  }
}
