/**
 * Notes between processes, through LISTEN and NOTIFY on one channel a schema. They are sent after the transaction they tell of, by themselves and at most one
 * message in a while: a transaction with a NOTIFY in it waits for every other such transaction. A note that is lost is made up for by polling.
 */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { StoreNote } from "../store.js";
import type { Connections } from "./connect.js";

/** Notes of this time go out together, and word of work that comes within it is passed on once. */
const GATHER_MS = 10;
/** PostgreSQL takes payloads of less than 8,000 bytes. */
const LARGEST_PAYLOAD = 7_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

interface Payload {
  /** The sender, which knows already. */
  readonly from: string;
  readonly work?: true;
  readonly ended?: readonly string[];
}

type Listener = (note: StoreNote) => void;

export class Notes {
  readonly #connections: Connections;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listeners = new Set<Listener>();
  #client: pg.Client | undefined;
  #listening = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  // What is to be sent.
  #work = false;
  #ended: string[] = [];
  #gathering = false;
  #sending: Promise<void> = Promise.resolve();

  // What was heard.
  #heardWork = false;

  constructor(connections: Connections, schema: string) {
    this.#connections = connections;
    this.#channel = `flowc:${schema}`;
  }

  /** There is work: at once when nothing was sent in the last while. */
  work(): void {
    this.#work = true;
    this.#gather();
  }

  ended(runs: readonly string[]): void {
    this.#ended.push(...runs);
    this.#gather();
  }

  watch(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#listening) this.#listen(0);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#listeners.clear();
    this.#flush();
    await this.#sending;
    const client = this.#client as (pg.Client & { ref(): void }) | undefined;
    // Or the process ends before this does.
    client?.ref();
    await client?.end().catch(() => undefined);
  }

  // sending

  #gather(): void {
    if (this.#gathering || this.#closed) return;
    this.#gathering = true;
    // Everything of this turn of the event loop, then a pause.
    setImmediate(() => this.#flush());
    setTimeout(() => {
      this.#gathering = false;
      if (this.#work || this.#ended.length > 0) this.#gather();
    }, GATHER_MS).unref();
  }

  #flush(): void {
    if (!this.#work && this.#ended.length === 0) return;
    const payloads = this.#payloads();
    this.#work = false;
    this.#ended = [];
    const text = "SELECT pg_notify($1, unnest($2::text[]))";
    const sent = this.#connections.run({ name: "notify", text, values: [this.#channel, payloads] });
    // Whoever has not heard finds out by polling; that the database is away others say.
    this.#sending = sent.then(
      () => undefined,
      () => undefined,
    );
  }

  #payloads(): string[] {
    const from = this.#self;
    const payloads: Payload[] = this.#work ? [{ from, work: true }] : [];
    for (const runs of chunks(this.#ended)) payloads.push({ from, ended: runs });
    return payloads.map((payload) => JSON.stringify(payload));
  }

  // listening

  #listen(failures: number): void {
    this.#listening = true;
    this.#connect().catch(() => {
      // Until it is there again, workers poll.
      if (this.#closed) return;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      this.#retry = setTimeout(() => this.#listen(failures + 1), pauseMs).unref();
    });
  }

  async #connect(): Promise<void> {
    const client = await this.#connections.separate();
    if (this.#closed) return client.end();
    this.#client = client;
    client.once("end", () => {
      this.#client = undefined;
      if (!this.#closed) this.#listen(0);
    });
    client.on("notification", ({ payload }) => this.#hear(payload ?? ""));
    await client.query(`LISTEN "${this.#channel}"`);
    // It does not keep the process: what waits for notes has a timer as well.
    (client as unknown as { unref(): void }).unref();
    // Whatever was missed.
    this.#tellWork();
  }

  #hear(text: string): void {
    const { from, work, ended = [] } = JSON.parse(text) as Payload;
    if (from === this.#self) return;
    if (work) this.#tellWork();
    for (const run of ended) this.#tell({ kind: "ended", run });
  }

  /** Many processes may announce work at once; it is looked for once. */
  #tellWork(): void {
    if (this.#heardWork) return;
    this.#heardWork = true;
    setTimeout(() => (this.#heardWork = false), GATHER_MS).unref();
    this.#tell({ kind: "work" });
  }

  #tell(note: StoreNote): void {
    for (const listener of this.#listeners) listener(note);
  }
}

/** Lists that fit into a payload. An id that does not fit alone is not told of. */
function chunks(ids: readonly string[]): string[][] {
  const lists: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const size = Buffer.byteLength(JSON.stringify(id)) + 1;
    if (size > LARGEST_PAYLOAD) continue;
    if (size > room) {
      lists.push([]);
      room = LARGEST_PAYLOAD;
    }
    lists.at(-1)!.push(id);
    room -= size;
  }
  return lists;
}
