/** Checks of what makes a run stand still or end: pauses, budgets of steps, deadlines, times at which it begins. */
import type { RunImage } from "../../dist/runtime/image.js";
import type { Commit } from "../../dist/runtime/store/store.js";
import type { Mark, Track } from "./track.ts";

export class Stops {
  readonly #say: (track: Track, message: string) => void;

  constructor(say: (track: Track, message: string) => void) {
    this.#say = say;
  }

  /** A commit was made; `image` is the continuation it left, of a run that goes on. */
  committed(track: Track, commit: Commit, marks: readonly Mark[], image: RunImage | undefined): void {
    const paused = image?.rare?.paused !== undefined;
    const isResumed = commit.journal.some(({ kind }) => kind === "run.resumed");
    if (track.isPaused && !isResumed) {
      if (!paused) this.#say(track, "it was paused, and goes on without being resumed");
      if (marks.length > 0) this.#say(track, `it was paused, and ${marks[0]!.lane} ran (${marks[0]!.what})`);
      if (commit.starts !== undefined || commit.sends !== undefined || commit.tasks !== undefined)
        this.#say(track, "it was paused, and its commit reaches others");
    }
    if (image !== undefined && paused !== (commit.status === "paused"))
      this.#say(track, `its status is ${commit.status}, and its continuation is ${paused ? "" : "not "}paused`);
    track.isPaused = paused;
    if (image === undefined || paused) return;
    this.#checkDeadline(track, commit, image);
    const budget = image.rare?.budget;
    if (budget !== undefined && image.calls > budget.until)
      this.#say(track, `it has called ${image.calls} steps, its budget is ${budget.until}, and it is not paused`);
  }

  /** A transition after the deadline raises the error; one before it sees to it that there is one then. */
  #checkDeadline(track: Track, { at, wakeAt }: Commit, image: RunImage): void {
    const deadline = image.rare?.deadline;
    if (deadline === undefined || deadline.raised !== undefined || image.ending !== undefined) return;
    if (image.strands.get(0)?.wait === undefined) return;
    // A transition may have begun before it, and computed.
    if (deadline.at <= at && track.isOverdue)
      this.#say(track, `its deadline was ${at - deadline.at} ms ago, and nothing was raised`);
    track.isOverdue = deadline.at <= at;
    if ((wakeAt ?? Infinity) > deadline.at) this.#say(track, "nobody looks at it at its deadline");
  }

  journal(track: Track, kind: string, at: number): void {
    if (kind === "run.started" && at < track.startAt) this.#say(track, `it began ${track.startAt - at} ms too early`);
    if (kind === "run.overdue" && at < (track.deadline ?? Infinity)) this.#say(track, "it was over time before its deadline");
    if (kind === "run.timed-out" && !track.journal.some((entry) => entry.kind === "run.overdue"))
      this.#say(track, "it is timed-out, and nothing was raised in it");
  }

  bodyBegins(track: Track, call: number): void {
    if (track.isPaused) this.#say(track, `it is paused, and an attempt of call ${call} begins`);
  }
}
