import { DatabaseSync } from "node:sqlite";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Effect {
  readonly key: string;
  readonly kind: string;
  /** The arguments as JSON text. */
  readonly args: string;
}

export interface Report {
  readonly requests: number;
  /** Requests by what the service did to them: `fine`, `error before`, `death after`, … */
  readonly plans: Readonly<Record<string, number>>;
  readonly effects: readonly Effect[];
  /** Keys that came with a second set of arguments. */
  readonly conflicts: readonly string[];
}

/** Every request ever received, and the effects: one per idempotency key. */
export class Ledger {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY, key TEXT, kind TEXT, args TEXT, plan TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS effects (key TEXT PRIMARY KEY, kind TEXT, args TEXT, status INTEGER, answer TEXT) STRICT;
    `);
  }

  record(request: { kind: string; key: string; args: string; plan: string }): void {
    const insert = this.#db.prepare("INSERT INTO requests (key, kind, args, plan) VALUES (?, ?, ?, ?)");
    insert.run(request.key, request.kind, request.args, request.plan);
  }

  requests(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM requests").get() as { n: number }).n;
  }

  /** Does the effect, or gives the answer it gave when the key came first. */
  perform(kind: string, key: string, args: string): Answer {
    const known = this.#db.prepare("SELECT args, status, answer FROM effects WHERE key = ?").get(key) as
      { args: string; status: number; answer: string } | undefined;
    if (known?.args === args) return { status: known.status, body: JSON.parse(known.answer) };
    if (known !== undefined) return { status: 409, body: { error: "this key was used with other arguments" } };
    const { status, body } = answerTo(kind, JSON.parse(args), this.requests());
    const insert = this.#db.prepare("INSERT INTO effects (key, kind, args, status, answer) VALUES (?, ?, ?, ?, ?)");
    insert.run(key, kind, args, status, JSON.stringify(body));
    return { status, body };
  }

  report(): Report {
    const plans = this.#db.prepare("SELECT plan, count(*) AS n FROM requests GROUP BY plan ORDER BY plan").all() as {
      plan: string;
      n: number;
    }[];
    const conflicts = this.#db.prepare("SELECT key FROM requests GROUP BY key HAVING count(DISTINCT args) > 1").all() as {
      key: string;
    }[];
    return {
      requests: this.requests(),
      plans: Object.fromEntries(plans.map(({ plan, n }) => [plan, n])),
      effects: this.#db
        .prepare("SELECT key, kind, args FROM effects WHERE status = 200 ORDER BY rowid")
        .all() as unknown as Effect[],
      conflicts: conflicts.map(({ key }) => key),
    };
  }
}

function answerTo(kind: string, args: unknown, serial: number): Answer {
  switch (kind) {
    case "reserve":
    case "charge":
    case "refund":
    case "release":
    case "recall":
      return { status: 200, body: { id: `${kind}-${serial}` } };
    case "ship":
      if (isUnshippable(args)) return { status: 422, body: { error: "out of stock" } };
      return { status: 200, body: { id: `parcel-${serial}` } };
    default:
      return { status: 404, body: { error: `no such service: ${kind}` } };
  }
}

function isUnshippable(args: unknown): boolean {
  return JSON.stringify(args).includes("unicorn");
}
