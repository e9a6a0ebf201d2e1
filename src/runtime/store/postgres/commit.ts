import { LIVE_STATUSES, type Commit, type CommitResult } from "../store.js";
import { statusNumber, toJson } from "../rows.js";
import { bigints, byteas, texts } from "./arrays.js";
import type { Connections } from "./connect.js";
import { PARK_BIT, RELEASE_BIT } from "./functions.js";

/** A run that a worker of this store holds. */
interface Held {
  readonly n: number;
  readonly worker: string;
  /** Its continuation is known to be in its row alone: there are no parts or blobs to give back when a new image is written. */
  isWhole: boolean;
}

interface CommitsRow {
  readonly done: number[] | null;
}

interface StateRow {
  readonly n: number;
  readonly fence: number;
  readonly version: number;
}

/** Writes groups of commits: one statement each, whatever is in them. */
export class Committer {
  readonly #connections: Connections;
  readonly #schema: string;
  readonly #held = new Map<string, Held>();

  constructor(connections: Connections, schema: string) {
    this.#connections = connections;
    this.#schema = schema;
  }

  /** A run was claimed. */
  remember(run: string, held: Held): void {
    this.#held.set(run, held);
  }

  /** The runs a worker has claimed and not given back, by number. */
  heldBy(worker: string): number[] {
    return [...this.#held.values()].filter((held) => held.worker === worker).map(({ n }) => n);
  }

  /** A worker begins with nothing. */
  forget(worker: string): void {
    for (const [run, held] of this.#held) if (held.worker === worker) this.#held.delete(run);
  }

  async commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    const numbers = await this.#numbersOf(commits);
    const known = commits.filter(({ run }) => numbers.has(run));
    const committed = known.length === 0 ? new Set<string>() : await this.#write(known, numbers);
    return commits.map((commit) => {
      const result = committed.has(commit.run) ? "committed" : "superseded";
      this.#keep(commit, result);
      return result;
    });
  }

  /** The runs that stand as their commits say, whenever that was written. */
  async #write(commits: readonly Commit[], numbers: ReadonlyMap<string, number>): Promise<Set<string>> {
    const ns = commits.map(({ run }) => numbers.get(run)!);
    const values = this.#values(commits, ns);
    const text = `SELECT ${this.#schema}.commit_runs(${values.map((_, at) => `$${at + 1}`).join()}) AS done`;
    const [row] = await this.#connections.run<CommitsRow>({ name: "commit", text, values });
    if (row!.done === null) return new Set(commits.map(({ run }) => run));
    const done = new Set(row!.done);
    for (const n of await this.#doneBefore(
      commits.filter((_, at) => !done.has(ns[at]!)),
      numbers,
    ))
      done.add(n);
    return new Set(commits.filter((_, at) => done.has(ns[at]!)).map(({ run }) => run));
  }

  /** What a commit that changes nothing is: it was made before (I4), or the run is somebody else's (I5). */
  async #doneBefore(commits: readonly Commit[], numbers: ReadonlyMap<string, number>): Promise<number[]> {
    const byNumber = new Map(commits.map((commit) => [numbers.get(commit.run)!, commit]));
    const rows = await this.#connections.run<StateRow>({
      name: "states",
      text: `SELECT n, fence, version FROM ${this.#schema}.runs WHERE n = ANY ($1)`,
      values: [bigints([...byNumber.keys()])],
    });
    const isDone = ({ n, fence, version }: StateRow): boolean =>
      fence === byNumber.get(n)!.fence && version >= byNumber.get(n)!.version;
    return rows.filter(isDone).map(({ n }) => n);
  }

  #values(commits: readonly Commit[], ns: readonly number[]): (Buffer | boolean | null)[] {
    const values: (Buffer | boolean | null)[] = [
      bigints(ns),
      bigints(commits.map(({ fence }) => fence)),
      bigints(commits.map(({ version }) => version)),
      bigints(commits.map(({ at }) => at)),
      bigints(commits.map(flagsOf)),
      bigints(commits.map(({ status, wakeAt }) => (LIVE_STATUSES.has(status) ? wakeAt : undefined))),
      texts(commits.map(({ waitingFor }) => waitingFor)),
      byteas(commits.map(({ image }) => image)),
      byteas(commits.map(({ outcome }) => outcome)),
      texts(commits.map(({ journal }) => (journal.length === 0 ? undefined : toJson(journal)))),
    ];
    return [...values, ...this.#rareValues(commits, ns)];
  }

  /** What most groups have nothing of. */
  #rareValues(commits: readonly Commit[], ns: readonly number[]): (Buffer | boolean | null)[] {
    const parts = commits.some(({ part }) => part !== undefined) ? byteas(commits.map(({ part }) => part)) : null;
    const consumed = pairs(commits, ns, ({ consumed: seqs }) => seqs);
    const replacing = commits.filter(({ image, run }) => image !== undefined && this.#held.get(run)?.isWhole !== true);
    const replaced = replacing.map((commit) => ns[commits.indexOf(commit)]!);
    const kept = pairs(replacing, replaced, ({ refers = [] }) => refers.map(hex));
    const blobs = pairs(commits, ns, ({ blobs: list = [] }) => list);
    return [
      parts,
      ...lists(consumed, (seqs) => [bigints(seqs)], 1),
      replaced.length === 0 ? null : bigints(replaced),
      ...lists(kept, (ids) => [byteas(ids)], 1),
      ...lists(blobs, (list) => [byteas(list.map(({ id }) => hex(id))), byteas(list.map(({ bytes }) => bytes))], 2),
      commits.some((commit) => (flagsOf(commit) & PARK_BIT) !== 0),
    ];
  }

  async #numbersOf(commits: readonly Commit[]): Promise<Map<string, number>> {
    const numbers = new Map<string, number>();
    const unknown: string[] = [];
    for (const { run } of commits) {
      const held = this.#held.get(run);
      if (held === undefined) unknown.push(run);
      else numbers.set(run, held.n);
    }
    if (unknown.length === 0) return numbers;
    // Given back already, or claimed through another connection.
    const text = `SELECT id, n FROM ${this.#schema}.runs WHERE id = ANY ($1)`;
    const rows = await this.#connections.run<{ id: string; n: number }>({ name: "numbers", text, values: [texts(unknown)] });
    for (const { id, n } of rows) numbers.set(id, n);
    return numbers;
  }

  #keep({ run, status, release, image, part, refers = [] }: Commit, result: CommitResult): void {
    const held = this.#held.get(run);
    if (held === undefined) return;
    if (result === "superseded" || release || !LIVE_STATUSES.has(status)) this.#held.delete(run);
    else if (image !== undefined) held.isWhole = refers.length === 0;
    else if (part !== undefined) held.isWhole = false;
  }
}

function flagsOf({ status, release }: Commit): number {
  if (!LIVE_STATUSES.has(status)) return statusNumber(status) | RELEASE_BIT;
  return statusNumber(status) | (release ? RELEASE_BIT | PARK_BIT : 0);
}

/** What commits have several of, each with the number of its run. */
function pairs<T>(
  commits: readonly Commit[],
  ns: readonly number[],
  of: (commit: Commit) => readonly T[],
): { runs: number[]; items: T[] } {
  const runs: number[] = [];
  const items: T[] = [];
  for (const [at, commit] of commits.entries()) {
    for (const item of of(commit)) {
      runs.push(ns[at]!);
      items.push(item);
    }
  }
  return { runs, items };
}

/** The numbers of the runs, then `width` columns; nothing when there are no items. */
function lists<T>(
  { runs, items }: { runs: number[]; items: T[] },
  columns: (items: T[]) => Buffer[],
  width: number,
): (Buffer | null)[] {
  if (items.length === 0) return Array.from({ length: width + 1 }, () => null);
  return [bigints(runs), ...columns(items)];
}

function hex(id: string): Buffer {
  return Buffer.from(id, "hex");
}
