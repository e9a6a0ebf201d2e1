import type { SQLInputValue, StatementSync } from "node:sqlite";
import { LIVE_STATUSES, type Commit, type CommitResult } from "../store.js";
import { addBlobs, addPart, inRow, isLarge, keepBlobs, removeParts } from "./continuation.js";
import { writeOutward } from "./outward.js";
import { statusNumber, toJson } from "../rows.js";

type Prepare = (sql: string) => StatementSync;

/** Writes commits, inside a transaction. Two statements each: one row of the journal, one update of the run. */
export class Committer {
  readonly #prepare: Prepare;
  /** Row numbers of the runs this connection has claimed. Rows never go away, so a number stays right. */
  readonly #numbers = new Map<string, number>();
  /** Runs, by number, whose continuation is known to be in their row alone. */
  readonly #whole = new Set<number>();

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  /** A run was claimed. @param isWhole its continuation is in its row alone */
  remember(run: string, n: number, isWhole: boolean): void {
    this.#numbers.set(run, n);
    this.#setWhole(n, isWhole);
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    this.#numbers.clear();
    this.#whole.clear();
  }

  commit(commits: readonly Commit[]): CommitResult[] {
    return commits.map((commit) => this.#commitOne(commit));
  }

  #commitOne(commit: Commit): CommitResult {
    const n = this.#numberOf(commit.run);
    if (n === undefined) return "superseded";
    const ended = !LIVE_STATUSES.has(commit.status);
    let journal: number | undefined;
    // I5: the first statement that writes is conditional on fence and version, the others on the first.
    if (commit.journal.length > 0) {
      journal = this.#append(n, commit);
      if (journal === undefined) return this.#lost(n, commit);
    } else if (commit.consumed.length > 0 && !this.#holds(n, commit)) return this.#lost(n, commit);
    for (const seq of commit.consumed) this.#prepare("DELETE FROM messages WHERE seq = ? AND run = ?").run(seq, n);
    if (!this.#update(n, commit, journal, ended)) return this.#lost(n, commit);
    this.#writeContinuation(n, commit);
    writeOutward(this.#prepare, n, commit);
    if (ended || commit.release) this.#let(commit.run, n);
    return "committed";
  }

  /** What a commit that changes nothing is: it was made before (I4), or the run is somebody else's (I5). */
  #lost(n: number, { fence, version }: Commit): CommitResult {
    const found = this.#prepare("SELECT 1 FROM runs WHERE n = ? AND fence = ? AND version >= ?").get(n, fence, version);
    return found === undefined ? "superseded" : "committed";
  }

  /** After the update, which was conditional. */
  #writeContinuation(n: number, { image, part, blobs = [], refers = [] }: Commit): void {
    if (blobs.length > 0) addBlobs(this.#prepare, n, blobs);
    if (image !== undefined) {
      if (!this.#whole.has(n)) {
        removeParts(this.#prepare, n);
        keepBlobs(this.#prepare, n, refers);
      }
      if (isLarge(image)) addPart(this.#prepare, n, image);
      this.#setWhole(n, !isLarge(image) && refers.length === 0);
    } else if (part !== undefined) {
      addPart(this.#prepare, n, part);
      this.#setWhole(n, false);
    }
  }

  #setWhole(n: number, isWhole: boolean): void {
    if (isWhole) this.#whole.add(n);
    else this.#whole.delete(n);
  }

  #let(run: string, n: number): void {
    this.#numbers.delete(run);
    this.#whole.delete(n);
  }

  /** Writes the entries, chained to those before. The row's number, `undefined` when the run is not held under that fence. */
  #append(n: number, { fence, version, journal }: Commit): number | undefined {
    const { changes, lastInsertRowid } = this.#prepare(APPEND).run(toJson(journal), n, fence, version);
    return changes === 1 ? Number(lastInsertRowid) : undefined;
  }

  #holds(n: number, { fence, version }: Commit): boolean {
    return this.#prepare(`SELECT 1 FROM runs WHERE ${held(1)}`).get(n, fence, version) !== undefined;
  }

  #update(n: number, commit: Commit, journal: number | undefined, ended: boolean): boolean {
    const { image, outcome, release } = commit;
    const values: SQLInputValue[] = [
      n,
      commit.fence,
      commit.version,
      statusNumber(commit.status),
      commit.at,
      ended ? null : (commit.wakeAt ?? null),
      commit.waitingFor,
    ];
    if (journal !== undefined) values.push(journal);
    if (image !== undefined) values.push(inRow(image));
    if (outcome !== undefined) values.push(outcome);
    const sql = UPDATES[(journal ? 1 : 0) | (image ? 2 : 0) | (outcome ? 4 : 0) | (ended ? 8 : release ? 16 : 0)]!;
    return this.#prepare(sql).run(...values).changes === 1;
  }

  #numberOf(run: string): number | undefined {
    const known = this.#numbers.get(run);
    if (known !== undefined) return known;
    return (this.#prepare("SELECT n FROM runs WHERE id = ?").get(run) as { n: number } | undefined)?.n;
  }
}

/** The run is held under the fence, and this commit comes next; parameters from number `first` on. */
function held(first: number): string {
  return `n = ?${first} AND fence = ?${first + 1} AND version = ?${first + 2} - 1 AND owner IS NOT NULL`;
}

const APPEND = `INSERT INTO journal (prev, entries) SELECT journal, ?1 FROM runs WHERE ${held(2)}`;

/** The update of a run by what a commit has: bit 0 journal, 1 image, 2 outcome, 3 ended, 4 released. What it has not is not touched. */
const UPDATES: readonly string[] = Array.from({ length: 24 }, (_, bits) => {
  const sets = [
    "version = ?3",
    "status = ?4",
    "updated_at = ?5",
    "waiting_since = iif(waiting_for = ?7, waiting_since, ?5)",
    "waiting_for = ?7",
    "losses = 0",
  ];
  let next = 8;
  if (bits & 1) sets.push(`journal = ?${next++}`);
  if (bits & 2) sets.push(`image = ?${next++}`);
  if (bits & 4) sets.push(`outcome = ?${next++}`);
  // A run let go while messages wait for it is due at once.
  sets.push(
    bits & 16 ? "wake_at = iif(EXISTS (SELECT 1 FROM messages WHERE run = ?1), min(coalesce(?6, ?5), ?5), ?6)" : "wake_at = ?6",
  );
  if (bits & 24) sets.push("owner = NULL");
  return `UPDATE runs SET ${sets.join(", ")} WHERE ${held(1)}`;
});
