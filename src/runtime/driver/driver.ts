/**
 * The driver: a pure state machine over one run. It is fed what happened, runs strands until all of them wait, and answers with one commit and the
 * effects to start afterwards. It knows no store, no clock and no randomness of its own.
 *
 *     events ──▶ advance(events, now) ──▶ Transition { image, status, …, start, abort }
 *
 *     messages.ts  steps.ts  due.ts      what happened reaches the strands
 *     ../scheduler.ts                    the strands run until all of them wait
 *     writing.ts  finish.ts  starts.ts   what came of it
 *
 * Owns the image of the run while it is in memory. Upholds:
 *  - I2: a frame is resumed once; what ran before it waits again is in the next image, never run anew.
 *  - I3: effects are only described (`start`); their input is a snapshot in the image that goes with them.
 *  - I4: everything one batch of events leads to is one Transition.
 *  - I8: a transition that cannot be saved or captured is discarded, and the stored continuation stays.
 *
 * After a transition that ended the run the driver is used up; the image in memory may be anything.
 */
import { releaseAll } from "../effects/resource.js";
import { settleCursors } from "../iterate.js";
import type { Message, StoredImage } from "../store/store.js";
import type { DriverEvent, StepStart, Transition } from "../transition.js";
import type { Timer } from "../timers.js";
import { canBegin, checkDeadline, fireTimer, nextTimer, takeDue } from "./due.js";
import { Finisher } from "./finish.js";
import { messageArrived, unpackedEvent } from "./messages.js";
import { checkBudget } from "./pauses.js";
import { putOff, takeStarts } from "./starts.js";
import { deliverKept, stepEvent } from "./steps.js";
import { Stored } from "./stored.js";
import { type DriverPorts, Turn } from "./turn.js";

export class Driver {
  readonly #turn: Turn;
  readonly #finisher: Finisher;
  /** What of the transition under way is still to be done. */
  #todo: (() => void)[] = [];

  /** `image` is the continuation as it is in the store. Throws what the codec throws. */
  constructor(image: StoredImage, ports: DriverPorts) {
    const stored = new Stored(image);
    const decoded = stored.decode(ports.codec);
    settleCursors();
    this.#turn = new Turn(decoded, ports);
    this.#finisher = new Finisher(this.#turn, stored);
  }

  /** True when a freshly loaded run can advance without an event: it has not begun, a timer is due, or it was retried with a result at hand. */
  isDue(now: number): boolean {
    const { isPaused, kept, strands } = this.#turn;
    if (isPaused) return false;
    const timer = this.timerAt();
    return canBegin(this.#turn, now) || (timer !== undefined && timer <= now) || kept.length > 0 || strands.waiting.hasQueued;
  }

  /** The next time `advance` has something to do although nothing happened. */
  timerAt(): number | undefined {
    return nextTimer(this.#turn);
  }

  /** Attempts whose intent is durable and that nobody has started in this process: after a load, all that the image waits for. */
  takeStarts(): StepStart[] {
    return takeStarts(this.#turn);
  }

  get isPaused(): boolean {
    return this.#turn.isPaused;
  }

  /** The attempt was handed out and has not begun, since the run is paused: it is handed out again when the run is resumed. */
  putOff(start: StepStart): void {
    putOff(this.#turn, start);
  }

  /** Applies what happened and whatever is due at `now`, and runs the strands until all wait or the run has ended. */
  advance(happened: readonly DriverEvent[], now: number): Transition;
  advance(happened: readonly DriverEvent[], now: number, isOver: () => boolean): Transition | undefined;
  advance(happened: readonly DriverEvent[], now: number, isOver: () => boolean = () => false): Transition | undefined {
    const turn = this.#turn;
    turn.begin(now);
    const events = happened.map((event) => unpackedEvent(turn, event));
    turn.events = events;
    this.#todo = [];
    // Messages first: a run that is cancelled before it began runs nothing.
    for (const event of events) if (event.kind === "message") this.#todo.push(() => messageArrived(turn, event.message));
    this.#todo.push(
      () => this.#begin(),
      () => deliverKept(turn),
    );
    for (const event of events) if (event.kind !== "message") this.#todo.push(() => stepEvent(turn, event));
    this.#todo.push(
      () => checkDeadline(turn),
      () => this.#fire(takeDue(turn), 0),
    );
    return this.goOn(isOver);
  }

  /**
   * Goes on with a transition in which a strand has given way. `isOver` says when the slice is over; `undefined`: it was, and the transition is not. `cancel`
   * is a message that asks the run to end: it is heard in the middle of what it computes.
   */
  goOn(isOver: () => boolean, cancel?: Message): Transition | undefined {
    const { strands, events } = this.#turn;
    strands.isOver = isOver;
    strands.hasYielded = false;
    if (cancel !== undefined) {
      events.push({ kind: "message", message: cancel });
      messageArrived(this.#turn, cancel);
    }
    strands.drain();
    while (!strands.hasYielded) {
      const next = this.#todo.shift();
      if (next === undefined) {
        checkBudget(this.#turn);
        return this.#finisher.finish();
      }
      next();
      strands.drain();
    }
    return undefined;
  }

  /**
   * The run cannot go on for a reason outside the program (a step or class this process does not know): it fails, and what is stored stays as it is, so
   * that a retry goes on once the reason is gone (I8).
   */
  fail(error: unknown, events: readonly DriverEvent[], now: number): Transition {
    const turn = this.#turn;
    // In the middle of a transition, what it is about is to be kept as well.
    const isUnderWay = this.#todo.length > 0 || turn.strands.hasYielded;
    if (!isUnderWay) turn.events = [...events];
    this.#todo = [];
    turn.begin(now);
    return this.#finisher.failure(error);
  }

  /** The run leaves memory: closes its resources. `report` is given what that throws. */
  leave(report: (error: unknown) => void): void {
    releaseAll(this.#turn.strands.port, report);
  }

  /** One timer after the other: a strand that was woken by one runs before the next one fires, even if another strand gives way meanwhile. */
  #fire(due: readonly Timer[], at: number): void {
    if (at >= due.length) return;
    this.#todo.unshift(() => this.#fire(due, at + 1));
    fireTimer(this.#turn, due[at]!);
  }

  #begin(): void {
    const { image, strands, isPaused, now } = this.#turn;
    if (!canBegin(this.#turn, now) || strands.outcome !== undefined || isPaused) return;
    image.begun = true;
    this.#turn.log("run.started", { workflow: image.workflow });
    strands.beginMain();
  }
}
