/** What the parts of the driver share: the run in memory, and what has come of the transition under way so far. */
import type { Codec, RunImage } from "../image.js";
import type { CheckpointLimits } from "../limits.js";
import { Scheduler } from "../scheduler.js";
import type { JournalEntry } from "../store/store.js";
import type { Strand, StepWait } from "../strand.js";
import type { DriverEvent } from "../transition.js";

/** What the driver needs from outside. */
export interface DriverPorts {
  readonly codec: Codec;
  readonly limits: Required<CheckpointLimits>;
  /** Between 0 and 1, for jitter. */
  random(): number;
  /** A new id that nobody can guess. */
  newId(): string;
}

/** A wait whose result is there although the strand may not go on yet. */
export interface Kept {
  readonly strand: Strand;
  readonly wait: StepWait;
}

export class Turn {
  readonly strands: Scheduler;
  /** Milliseconds since the epoch; the same for all of a transition. */
  now = 0;
  /** What the transition is about. */
  events: DriverEvent[] = [];
  journal: JournalEntry[] = [];
  /** Messages it has taken, by number. */
  consumed: number[] = [];
  /** Messages that told of ends of attempts: consumed also by a transition that fails, which keeps what they told. */
  consumedEnds: number[] = [];
  /** Outlives the transition: waits whose result arrived before a failure or during a pause. */
  kept: Kept[] = [];

  constructor(
    readonly image: RunImage,
    readonly ports: DriverPorts,
  ) {
    this.strands = new Scheduler(image, ports.codec, ports.newId, (kind, data) => this.log(kind, data));
    for (const strand of image.strands) {
      const { wait } = strand;
      if (wait?.kind === "step" && wait.kept !== undefined) this.kept.push({ strand, wait });
    }
  }

  get isPaused(): boolean {
    return this.image.rare?.paused !== undefined;
  }

  /** A new transition begins at `now`. */
  begin(now: number): void {
    this.now = now;
    this.strands.begins(now);
    this.journal = [];
    this.consumed = [];
    this.consumedEnds = [];
  }

  /** Notes a fact about the transition. */
  log(kind: string, data: Readonly<Record<string, unknown>>): void {
    this.journal.push({ at: this.now, kind, data });
  }
}
