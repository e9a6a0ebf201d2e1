/** Checks of runs that start runs: a child exists once, is told of the end of its parent when it is to end with it, and only then; and a parent is told the truth about it. */
import type { Message } from "../../dist/runtime/store/store.js";
import type { Track } from "./track.ts";

const FINAL = new Set(["completed", "cancelled", "timed-out"]);

export class Family {
  readonly #runs: ReadonlyMap<string, Track>;
  readonly #say: (track: Track, message: string) => void;
  /** Runs that were alive when their parent was over, and are to be told. */
  readonly #orphans = new Set<string>();

  constructor(runs: ReadonlyMap<string, Track>, say: (track: Track, message: string) => void) {
    this.#runs = runs;
    this.#say = say;
  }

  /** A run has ended for good. */
  ended(parent: Track): void {
    if (!FINAL.has(parent.status)) return;
    for (const child of this.#runs.values())
      if (child.parent === parent.id && child.endsWithParent && !FINAL.has(child.status)) this.#orphans.add(child.id);
  }

  /** A worker takes the run and is given its messages. */
  claimed(track: Track, messages: readonly Message[]): void {
    const isTold = messages.some(({ kind }) => kind === "orphaned");
    if (isTold && !this.#orphans.has(track.id))
      this.#say(track, "it is told that its parent is over, and that is none of its business");
    if (this.#orphans.has(track.id) && !isTold && !track.isCancelled)
      this.#say(track, `run ${track.parent} is over, and its child is not told to end`);
  }

  /** The program of a parent has heard how a child ended. */
  heard(parent: Track, child: string, status: string): void {
    const track = this.#runs.get(child);
    if (track === undefined) this.#say(parent, `it heard of the end of ${child}, which does not exist`);
    else if (!track.ends.has(status))
      this.#say(
        parent,
        `it heard that ${child} is ${status}, and what it has come to is ${[...track.ends].join(", ") || "nothing"}`,
      );
  }
}
