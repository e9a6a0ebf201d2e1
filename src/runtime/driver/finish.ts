/** Makes the one Transition of what has happened (I4): the run goes on, it has ended, or it failed and stays where it was. */
import { NotSaveableError } from "../../shared/errors.js";
import type { Written } from "../codec/parts/writer.js";
import { describeRun } from "../describe.js";
import type { ImageWriter, Outcome } from "../image.js";
import { largest, sizeText, tooLarge } from "../limits.js";
import { oneLine, restore, saveableError, unsaveable, type Saved } from "../saved.js";
import { FINAL_STATUSES, type RunStatus } from "../store/store.js";
import { shortName } from "../suspend.js";
import type { DriverEvent, Transition } from "../transition.js";
import type { StepsUnderWay } from "../waiting.js";
import { earliest, nextTimer } from "./due.js";
import { takeStarts } from "./starts.js";
import type { Stored } from "./stored.js";
import type { Turn } from "./turn.js";
import { writeLive } from "./writing.js";

const NO_STEPS: StepsUnderWay = { running: false, next: undefined };

export class Finisher {
  readonly #turn: Turn;
  readonly #stored: Stored;
  readonly #writer: ImageWriter;
  #isLarge = false;

  constructor(turn: Turn, stored: Stored) {
    this.#turn = turn;
    this.#stored = stored;
    this.#writer = turn.ports.codec.writer(stored.blobs);
  }

  finish(): Transition {
    const { image, strands, ports } = this.#turn;
    const written = writeLive(this.#turn, this.#writer);
    if (written === undefined) return this.#ended(strands.outcome!);
    const bytes = this.#stored.sizeWith(written);
    const { maxBytes } = ports.limits;
    if (bytes > maxBytes) return this.failure(tooLarge(bytes, maxBytes, ports.codec.heap(image)));
    return this.#liveTransition(written, bytes);
  }

  #ended(outcome: Outcome): Transition {
    if (outcome.kind === "failed") return this.failure(outcome.error);
    try {
      return this.#endTransition(outcome.kind, this.#turn.ports.codec.encode(outcome), undefined, this.#allConsumed());
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      return this.failure(this.#unsaveableEnd(outcome, error));
    }
  }

  /** The refusal of a run's result, told from the result itself. */
  #unsaveableEnd(outcome: Outcome, refusal: NotSaveableError): unknown {
    if (outcome.kind !== "completed") return refusal;
    const { image, ports } = this.#turn;
    try {
      ports.codec.encode(outcome.value, "result");
      return refusal;
    } catch (error) {
      return unsaveable(`the result of ${shortName(image.workflow)}`, error);
    }
  }

  /**
   * The run failed: what is stored stays where it was, except that step results of this very transition are kept in it for a retry, and that a step that
   * had used up its attempts gets new ones. Messages are not consumed: a retry meets them again.
   */
  failure(error: unknown): Transition {
    const { codec } = this.#turn.ports;
    this.#turn.log("run.failed", { error: oneLine(error) });
    const outcome: Outcome = { kind: "failed", error: saveableError(error, codec) };
    const image = this.#imageForRetry(this.#turn.events);
    return this.#endTransition("failed", codec.encode(outcome), image, this.#turn.consumedEnds);
  }

  #imageForRetry(events: readonly DriverEvent[]): Written | undefined {
    const results = resultsIn(events);
    if (results.size === 0) return undefined;
    const { codec } = this.#turn.ports;
    const image = this.#stored.decode(codec);
    for (const { wait } of image.strands) {
      if (wait?.kind !== "step" || !results.has(wait.call)) continue;
      const result = results.get(wait.call);
      wait.attempt = 1;
      wait.notBefore = 0;
      if (result !== undefined) wait.kept = { value: restore(result, codec) };
    }
    return codec.writer(this.#stored.blobs).write(image);
  }

  #allConsumed(): number[] {
    return [...this.#turn.consumed, ...this.#turn.consumedEnds];
  }

  #liveTransition(written: Written, size: number): Transition {
    const turn = this.#turn;
    const { strands, image } = turn;
    const { kind, bytes, blobs, refers } = written;
    const isImage = kind === "image";
    const warning = this.#warning(size);
    this.#stored.follow(written);
    const start = takeStarts(turn);
    const timerAt = nextTimer(turn);
    const steps = turn.isPaused ? NO_STEPS : strands.waiting.stepsAt(turn.now);
    return {
      status: this.#liveStatus(steps),
      isBusy: steps.running || strands.started.size > 0,
      image: isImage ? bytes : undefined,
      part: isImage ? undefined : bytes,
      blobs,
      refers,
      warning,
      outcome: undefined,
      // While steps run the run is due at once for whoever takes it over from a dead worker.
      wakeAt: steps.running ? turn.now : earliest(timerAt, steps.next),
      timerAt,
      waitingFor: turn.isPaused ? `to be resumed: ${image.rare!.paused!.reason}` : describeRun(image),
      consumed: this.#allConsumed(),
      journal: turn.journal,
      start,
      abort: strands.aborted,
      outward: strands.outward.effects,
    };
  }

  #liveStatus({ running, next }: StepsUnderWay): RunStatus {
    if (this.#turn.isPaused) return "paused";
    if (!this.#turn.image.begun) return "scheduled";
    if (this.#turn.image.cancel !== undefined) return "cancelling";
    if (running) return "running";
    return next === undefined ? "waiting" : "retrying";
  }

  /** What is said about a continuation that has just become large; once, until it is small again. */
  #warning(bytes: number): Transition["warning"] {
    const { ports, image } = this.#turn;
    const isLarge = bytes > ports.limits.warnBytes;
    const isNew = isLarge && !this.#isLarge;
    this.#isLarge = isLarge;
    if (!isNew) return undefined;
    const warning = { size: sizeText(bytes), largest: largest(ports.codec.heap(image)) };
    this.#turn.log("checkpoint.large", warning);
    return warning;
  }

  #endTransition(status: RunStatus, outcome: Uint8Array, written: Written | undefined, consumed: readonly number[]): Transition {
    const { strands, journal } = this.#turn;
    const abort = [...strands.aborted, ...strands.started];
    strands.started.clear();
    if (status !== "failed") this.#turn.log(`run.${status}`, {});
    return {
      status,
      isBusy: false,
      image: written?.bytes,
      part: undefined,
      blobs: written?.blobs ?? [],
      refers: written?.refers ?? [],
      warning: undefined,
      outcome,
      wakeAt: undefined,
      timerAt: undefined,
      waitingFor: "",
      consumed,
      journal,
      start: [],
      abort,
      // What a failed transition did is undone with it.
      outward: FINAL_STATUSES.has(status) ? strands.outward.effects : {},
    };
  }
}

/** What became of the calls that ended: their result, or nothing for those that failed. */
function resultsIn(events: readonly DriverEvent[]): Map<number, Saved | undefined> {
  const results = new Map<number, Saved | undefined>();
  for (const event of events) {
    if (event.kind === "stepSucceeded") results.set(event.call, event.result);
    else if (event.kind === "stepFailed") results.set(event.call, undefined);
  }
  return results;
}
