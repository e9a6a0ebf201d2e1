import type { ClaimedRun, ClaimOptions, Message, StoredImage } from "../store.js";
import { toMessage, toRun, type MessageRow, type OutcomeRow } from "../rows.js";
import { bigints, texts } from "./arrays.js";
import type { Committer } from "./commit.js";
import type { Connections } from "./connect.js";

interface ClaimedRow extends OutcomeRow, ContinuationRow {
  readonly n: number;
  readonly fence: number;
  readonly losses: number;
}

export interface ContinuationRow {
  readonly image: Buffer;
  readonly parts: Buffer[] | null;
  readonly blob_ids: Buffer[] | null;
  readonly blobs: Buffer[] | null;
}

/** What a `SummaryRow` has, of the run `r`. */
export function summaryColumns(s: string): string {
  return `r.id, r.workflow, r.status, r.created_at, r.updated_at, r.wake_at, r.owner, r.waiting_since, r.waiting_for, r.version,
    (SELECT p.id FROM ${s}.runs p WHERE p.n = r.parent) AS parent,
    (SELECT '{' || coalesce(string_agg(f.key || ':' || f.value, ','), '') || '}' FROM ${s}.notes f WHERE f.run = r.n) AS notes`;
}

/** The continuation of the run `r`, of one moment. */
export function continuationColumns(s: string): string {
  return `r.image,
    (SELECT array_agg(p.bytes ORDER BY p.version) FROM ${s}.parts p WHERE p.run = r.n) AS parts,
    (SELECT array_agg(b.id ORDER BY b.n) FROM ${s}.run_blobs rb JOIN ${s}.blobs b ON b.n = rb.blob WHERE rb.run = r.n) AS blob_ids,
    (SELECT array_agg(b.bytes ORDER BY b.n) FROM ${s}.run_blobs rb JOIN ${s}.blobs b ON b.n = rb.blob WHERE rb.run = r.n) AS blobs`;
}

export function toContinuation({ image, parts, blob_ids, blobs }: ContinuationRow): StoredImage {
  const ids = blob_ids ?? [];
  return { image, parts: parts ?? [], blobs: new Map(ids.map((id, at) => [id.toString("hex"), blobs![at]!])) };
}

/** Hands over due runs. What they consist of is read after they were claimed: only their holder changes that, and messages may only become more. */
export class Claimer {
  readonly #connections: Connections;
  readonly #schema: string;
  readonly #committer: Committer;
  readonly #nextClaim: () => number;

  constructor(connections: Connections, schema: string, committer: Committer, nextClaim: () => number) {
    this.#connections = connections;
    this.#schema = schema;
    this.#committer = committer;
    this.#nextClaim = nextClaim;
  }

  async claim({ workerId, now, limit, workflows, holds, suspects }: ClaimOptions): Promise<ClaimedRun[]> {
    const [row] = await this.#connections.run<{ taken: number[] | null }>({
      name: "claim",
      text: `SELECT ${this.#schema}.claim_runs($1, $2, $3, $4, $5, $6, $7) AS taken`,
      values: [
        workerId,
        this.#nextClaim(),
        now,
        limit,
        workflows ?? null,
        holds === undefined ? null : texts(holds),
        suspects ?? null,
      ],
    });
    return row!.taken === null ? [] : this.#read(row!.taken, workerId);
  }

  async #read(taken: readonly number[], worker: string): Promise<ClaimedRun[]> {
    const values = [bigints(taken)];
    const [runs, messages] = await Promise.all([
      this.#connections.run<ClaimedRow>({
        name: "claimed",
        text: `SELECT r.n, r.fence, r.losses, ${summaryColumns(this.#schema)}, r.outcome, ${continuationColumns(this.#schema)} FROM ${this.#schema}.runs r WHERE r.n = ANY ($1)`,
        values,
      }),
      this.#connections.run<MessageRow & { run: number }>({
        name: "claimed_messages",
        text: `SELECT run, seq, kind, topic, payload, sent_at FROM ${this.#schema}.messages WHERE run = ANY ($1) ORDER BY seq`,
        values,
      }),
    ]);
    const place = new Map(taken.map((n, at) => [n, at]));
    return runs.toSorted((a, b) => place.get(a.n)! - place.get(b.n)!).map((row) => this.#claimed(row, messages, worker));
  }

  #claimed(row: ClaimedRow, messages: readonly (MessageRow & { run: number })[], worker: string): ClaimedRun {
    const continuation = toContinuation(row);
    const isWhole = continuation.parts.length === 0 && continuation.blobs.size === 0;
    this.#committer.remember(row.id, { n: row.n, worker, isWhole });
    const own: Message[] = messages.filter(({ run }) => run === row.n).map((message) => toMessage(message, row.id));
    return { ...toRun(row), ...continuation, fence: row.fence, losses: row.losses, messages: own };
  }
}
