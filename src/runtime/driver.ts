/**
 * The driver: a pure state machine over one run. It is fed what happened, runs strands until all of them wait, and answers with one commit and the
 * effects to start afterwards. It knows no store, no clock and no randomness of its own.
 *
 *     events ──▶ advance(events, now) ──▶ Transition { image, status, …, start, abort }
 *
 * Owns the image of the run while it is in memory. Upholds:
 *  - I2: a frame is resumed once; what ran before it waits again is in the next image, never run anew.
 *  - I3: effects are only described (`start`); their input is a snapshot in the image that goes with them.
 *  - I4: everything one batch of events leads to is one Transition.
 *  - I8: a transition that cannot be saved or captured is discarded, and the stored continuation stays.
 *
 * After a transition that ended the run the driver is used up; the image in memory may be anything.
 */
import { RESUME_NEXT, RESUME_THROW } from "../shared/abi.js";
import { assert } from "../shared/assert.js";
import { NotSaveableError, StepError, TimeoutError } from "../shared/errors.js";
import { describeRun, describeWait, strandName } from "./describe.js";
import { CALLBACK } from "./effects/callback.js";
import { resultOf } from "./effects/child.js";
import { backoffAfter } from "./effects/retry.js";
import { formatDuration } from "./effects/duration.js";
import { releaseAll } from "./effects/resource.js";
import { definitionOf } from "./effects/step.js";
import type { Blob } from "./codec/blobs.js";
import type { Written } from "./codec/parts/writer.js";
import type { Codec, ImageWriter, Outcome, RunImage } from "./image.js";
import { type CheckpointLimits, largest, sizeText, tooLarge } from "./limits.js";
import { settleCursors } from "./iterate.js";
import { oneLine, restore, saveableError, unsaveable, type Saved } from "./saved.js";
import {
  FINAL_STATUSES,
  type JournalEntry,
  type Message,
  type NewTask,
  type RunStatus,
  type StoredImage,
} from "./store/store.js";
import { Scheduler } from "./scheduler.js";
import type { Strand, StepWait, TimeoutScope, Wait } from "./strand.js";
import type { StepsUnderWay } from "./waiting.js";
import { shortName } from "./suspend.js";
import { isLive } from "./timers.js";
import type { DriverEvent, StepStart, TaskEnd, Transition } from "./transition.js";

/** What the driver needs from outside. */
export interface DriverPorts {
  readonly codec: Codec;
  readonly limits: Required<CheckpointLimits>;
  /** Between 0 and 1, for jitter. */
  random(): number;
  /** A new id that nobody can guess. */
  newId(): string;
}

/** How often in a row NotSaveableError is raised in a run before the run is failed: a loop that catches it would never end. */
const MAX_SAVE_ATTEMPTS = 100;

const NO_STEPS: StepsUnderWay = { running: false, next: undefined };

export class Driver {
  readonly #ports: DriverPorts;
  readonly #image: RunImage;
  readonly #strands: Scheduler;
  readonly #writer: ImageWriter;
  /** The image as it is in the store. */
  #committed: { readonly image: Uint8Array; readonly parts: Uint8Array[]; readonly blobs: Map<string, Uint8Array> };
  /** Bytes of image and parts. */
  #committedBytes: number;
  #now = 0;
  #isLarge = false;
  /** Waits whose result arrived before a failure. */
  #kept: { readonly strand: Strand; readonly wait: StepWait }[] = [];
  #journal: JournalEntry[] = [];
  /** What the transition under way is about, and what of it is still to be done. */
  #events: DriverEvent[] = [];
  #todo: (() => void)[] = [];
  #consumed: number[] = [];
  /** Messages that told of ends of attempts: consumed also by a transition that fails, which keeps what they told. */
  #consumedEnds: number[] = [];

  /** `stored` is the continuation as it is in the store. Throws what the codec throws. */
  constructor(stored: StoredImage, ports: DriverPorts) {
    this.#ports = ports;
    const { image, parts, blobs } = stored;
    this.#committed = { image, parts: [...parts], blobs: new Map(blobs) };
    this.#committedBytes = image.length + parts.reduce((sum, part) => sum + part.length, 0);
    this.#writer = ports.codec.writer(blobs.keys());
    this.#image = ports.codec.decode(image, parts, blobs) as RunImage;
    settleCursors();
    this.#strands = new Scheduler(this.#image, ports.codec, ports.newId, (kind, data) => this.#log(kind, data));
    for (const strand of this.#image.strands) {
      const { wait } = strand;
      if (wait?.kind === "step" && wait.kept !== undefined) this.#kept.push({ strand, wait });
    }
  }

  /** True when a freshly loaded run can advance without an event: it has not begun, a timer is due, or it was retried with a result at hand. */
  isDue(now: number): boolean {
    if (this.#isPaused) return false;
    const timer = this.timerAt();
    return this.#canBegin(now) || (timer !== undefined && timer <= now) || this.#kept.length > 0 || this.#strands.waiting.hasQueued;
  }

  /** The next time `advance` has something to do although nothing happened. */
  timerAt(): number | undefined {
    if (this.#isPaused) return undefined;
    const { begun, rare } = this.#image;
    const deadline = rare?.deadline;
    if (!begun && rare?.startAt !== undefined) return earliest(rare.startAt, deadline?.at);
    return earliest(this.#strands.waiting.timers.next, deadline?.raised === undefined ? deadline?.at : undefined);
  }

  /** It has not begun, and its time has come. */
  #canBegin(now: number): boolean {
    return !this.#image.begun && (this.#image.rare?.startAt ?? now) <= now;
  }

  get #isPaused(): boolean {
    return this.#image.rare?.paused !== undefined;
  }

  /** Attempts whose intent is durable and that nobody has started in this process: after a load, all that the image waits for. */
  takeStarts(): StepStart[] {
    const start: StepStart[] = [];
    if (this.#isPaused) return start;
    for (const wait of this.#strands.waiting.takeAttempts()) {
      if (wait.extra?.queue !== undefined) {
        this.#strands.outward.tasks.push(this.#taskOf(wait, wait.extra.queue));
        continue;
      }
      this.#strands.started.add(wait.call);
      start.push({ call: wait.call, attempt: wait.attempt, notBefore: wait.notBefore, wait });
    }
    return start;
  }

  #taskOf(wait: StepWait, queue: string): NewTask {
    const { call, attempt, step, input, notBefore, extra } = wait;
    const payload = input instanceof Uint8Array ? input : this.#ports.codec.encode(input, "arguments");
    return {
      queue,
      call,
      attempt,
      step,
      key: extra?.key,
      priority: extra?.priority ?? 0,
      dueAt: notBefore || wait.since,
      payload,
      details: extra?.details,
    };
  }

  /** Applies what happened and whatever is due at `now`, and runs the strands until all wait or the run has ended. */
  advance(happened: readonly DriverEvent[], now: number): Transition;
  advance(happened: readonly DriverEvent[], now: number, isOver: () => boolean): Transition | undefined;
  advance(happened: readonly DriverEvent[], now: number, isOver: () => boolean = () => false): Transition | undefined {
    this.#reset(now);
    const events = happened.map((event) => this.#unpacked(event));
    this.#events = events;
    // Messages first: a run that is cancelled before it began runs nothing.
    for (const event of events) if (event.kind === "message") this.#todo.push(() => this.#message(event.message));
    this.#todo.push(
      () => this.#begin(),
      () => this.#deliverKept(),
    );
    for (const event of events) if (event.kind !== "message") this.#todo.push(() => this.#stepEvent(event));
    this.#todo.push(() => this.#fireTimers());
    return this.goOn(isOver);
  }

  /**
   * Goes on with a transition in which a strand has given way. `isOver` says when the slice is over; `undefined`: it was, and the transition is not. `cancel`
   * is a message that asks the run to end: it is heard in the middle of what it computes.
   */
  goOn(isOver: () => boolean, cancel?: Message): Transition | undefined {
    this.#strands.isOver = isOver;
    this.#strands.hasYielded = false;
    if (cancel !== undefined) {
      this.#events.push({ kind: "message", message: cancel });
      this.#message(cancel);
    }
    this.#strands.drain();
    while (!this.#strands.hasYielded) {
      const next = this.#todo.shift();
      if (next === undefined) {
        this.#checkBudget();
        return this.#finish(this.#events);
      }
      next();
      this.#strands.drain();
    }
    return undefined;
  }

  /** The run leaves memory: closes its resources. `report` is given what that throws. */
  leave(report: (error: unknown) => void): void {
    releaseAll(this.#strands, report);
  }

  // events

  #reset(now: number): void {
    this.#now = now;
    this.#strands.now = now;
    this.#strands.aborted = [];
    this.#strands.ran.clear();
    this.#strands.outward.reset();
    this.#journal = [];
    this.#todo = [];
    this.#consumed = [];
    this.#consumedEnds = [];
  }

  #begin(): void {
    if (!this.#canBegin(this.#now) || this.#strands.outcome !== undefined || this.#isPaused) return;
    this.#image.begun = true;
    this.#log("run.started", { workflow: this.#image.workflow });
    this.#strands.beginMain();
  }

  #deliverKept(): void {
    if (this.#isPaused) return;
    const kept = this.#kept;
    this.#kept = [];
    for (const { strand, wait } of kept) if (strand.wait === wait) this.#strands.wake(strand, RESUME_NEXT, wait.kept!.value);
    this.#strands.drain();
  }

  #stepEvent(event: Exclude<DriverEvent, { kind: "message" }>): void {
    const strand = this.#strands.waiting.forCall(event.call);
    // Nobody waits any more (it was cancelled), or a later attempt is under way.
    if (strand === undefined) return;
    const wait = strand.wait as StepWait;
    if (wait.attempt !== event.attempt) return;
    if (event.kind === "progress") return this.#progress(wait, event.details);
    this.#strands.started.delete(wait.call);
    if (event.kind === "stepSucceeded") {
      if (event.cached !== undefined) this.#strands.outward.cached.push(event.cached);
      this.#log("step.completed", { ...facts(strand, wait), ms: this.#now - wait.since });
      const value = restore(event.result, this.#ports.codec);
      if (this.#isPaused) this.#keep(strand, wait, value);
      else this.#strands.wake(strand, RESUME_NEXT, value);
    } else this.#stepFailed(strand, wait, event.error, event.final);
  }

  #progress(wait: StepWait, details: Uint8Array): void {
    wait.extra = { ...wait.extra, details };
    this.#strands.touched.add(wait);
  }

  /** For when the run is resumed. */
  #keep(strand: Strand, wait: StepWait, value: unknown): void {
    wait.kept = { value };
    this.#strands.touched.add(wait);
    this.#kept.push({ strand, wait });
  }

  #stepFailed(strand: Strand, wait: StepWait, error: unknown, final: boolean): void {
    const definition = definitionOf(wait);
    const name = definition?.name ?? wait.step;
    const policy = definition?.policy;
    const retryable = !final && policy !== undefined && wait.attempt < policy.attempts;
    let again = retryable;
    if (retryable) {
      try {
        again = policy.retryable(error);
      } catch (problem) {
        again = false;
        error = problem;
      }
    }
    if (again) {
      wait.notBefore = this.#now + backoffAfter(policy!, wait.attempt, this.#ports.random());
      this.#log("step.retrying", { ...facts(strand, wait), error: oneLine(error), nextAttemptAt: wait.notBefore });
      wait.attempt++;
      this.#strands.touched.add(wait);
      this.#strands.waiting.attempt(wait);
      return;
    }
    this.#log("step.failed", { ...facts(strand, wait), error: oneLine(error) });
    if (this.#isPaused || this.#image.rare?.pauseOnFailure) {
      wait.attempt = 1;
      wait.notBefore = 0;
      this.#strands.touched.add(wait);
      this.#strands.waiting.attempt(wait);
      return this.#pause(`step ${name} failed: ${oneLine(error)}`);
    }
    this.#strands.wake(strand, RESUME_THROW, this.#stepError(name, wait, error));
  }

  /** What the call throws: a result that could not be saved is the program's own matter, everything else is a StepError. */
  #stepError(name: string, wait: StepWait, error: unknown): unknown {
    if (error instanceof NotSaveableError) return error;
    const times = wait.attempt === 1 ? "" : ` after ${wait.attempt} attempts`;
    const cause = saveableError(error, this.#ports.codec);
    return new StepError(`step ${name} failed${times}: ${oneLine(error)}`, wait.step === "" ? name : wait.step, wait.attempt, {
      cause,
    });
  }

  #message(message: Message): void {
    this.#consumed.push(message.seq);
    switch (message.kind) {
      case "cancel":
        return this.#cancelRun(message.topic);
      case "orphaned":
        return this.#cancelRun("the run that started it is over");
      case "pause":
        return this.#pause(message.topic);
      case "resume":
        return this.#resume();
      case "ended":
        return this.#runEnded(message.topic, message.payload);
      case "step":
        return assert(false, "the end of an attempt is a step event");
      case "send":
        return this.#received(message.topic, this.#ports.codec.decode(message.payload));
    }
  }

  /** The end of an attempt in a queue is told by a message; here it is what it is for attempts made in this process. */
  #unpacked(event: DriverEvent): DriverEvent {
    if (event.kind !== "message" || event.message.kind !== "step") return event;
    this.#consumedEnds.push(event.message.seq);
    return this.#taskEvent(event.message);
  }

  #taskEvent({ topic, payload }: Message): Exclude<DriverEvent, { kind: "message" }> {
    const [call, attempt] = topic.split(":").map(Number) as [number, number];
    const end = this.#ports.codec.decode(payload) as TaskEnd;
    if (end.kind === "succeeded") return { kind: "stepSucceeded", call, attempt, result: { value: end.value } };
    const wait = this.#strands.waiting.forCall(call)?.wait;
    if (wait?.kind === "step" && wait.attempt === attempt && end.details !== undefined) this.#progress(wait, end.details);
    return { kind: "stepFailed", call, attempt, error: end.error, final: end.final };
  }

  #received(channel: string, value: unknown): void {
    const isAnswer = channel.startsWith(CALLBACK);
    if (isAnswer && !this.#image.rare?.callbacks.has(channel)) return this.#log("callback.late", {});
    this.#log(isAnswer ? "callback.answered" : "message.received", isAnswer ? {} : { channel });
    const box = this.#image.mailboxes.get(channel);
    if (box === undefined) this.#image.mailboxes.set(channel, [value]);
    else box.push(value);
    this.#deliver(channel);
  }

  /** Hands messages of a channel to those who wait for one. */
  #deliver(channel: string): void {
    while (!this.#isPaused && this.#strands.outcome === undefined) {
      const receiver = this.#strands.waiting.forMessage(channel);
      const taken = receiver && this.#strands.take(channel);
      if (taken === undefined) return;
      if (channel.startsWith(CALLBACK)) this.#strands.closeCallback(channel);
      this.#strands.wake(receiver!, RESUME_NEXT, taken.value);
      this.#strands.drain();
    }
  }

  /** Word of the end of a run that this one has started or waits for. */
  #runEnded(run: string, outcome: Uint8Array): void {
    this.#log("child.ended", { run });
    this.#image.more.ends.set(run, outcome);
    this.#deliverEnd(run);
  }

  #deliverEnd(run: string): void {
    if (this.#isPaused) return;
    const waiting = this.#strands.waiting.forEndOfRun(run);
    const bytes = this.#image.more.ends.get(run);
    if (waiting.length === 0 || bytes === undefined) return;
    this.#image.more.ends.delete(run);
    for (const strand of waiting) {
      // Each gets a copy of its own, as two runs would.
      const outcome = bytes.length === 0 ? undefined : (this.#ports.codec.decode(bytes) as Outcome);
      try {
        this.#strands.wake(strand, RESUME_NEXT, resultOf(run, outcome));
      } catch (error) {
        this.#strands.wake(strand, RESUME_THROW, error);
      }
    }
    this.#strands.drain();
  }

  #pause(reason: string): void {
    if (this.#image.ending !== undefined) return;
    if (!this.#isPaused) this.#log("run.paused", { reason });
    this.#image.more.paused ??= { reason };
  }

  /** A run that goes round and round is stopped before the step that is one too many begins. */
  #checkBudget(): void {
    const budget = this.#image.rare?.budget;
    if (budget === undefined || this.#image.calls <= budget.until || this.#isPaused) return;
    this.#pause(`it has called ${budget.until} steps, as many as its budget allows; resumed, it may call ${budget.steps} more`);
  }

  /** Everything that came in the meantime is delivered now. */
  #resume(): void {
    if (!this.#isPaused) return;
    this.#image.more.paused = undefined;
    const { budget } = this.#image.more;
    if (budget !== undefined) budget.until = Math.max(budget.until, this.#image.calls + budget.steps);
    this.#log("run.resumed", {});
    if (!this.#image.begun) return;
    for (const channel of Array.from(this.#image.mailboxes.keys())) this.#deliver(channel);
    for (const run of Array.from(this.#image.more.ends.keys())) this.#deliverEnd(run);
  }

  #cancelRun(reason: string): void {
    if (this.#image.cancel !== undefined || this.#image.ending !== undefined) return;
    this.#resume();
    this.#image.cancel = { reason };
    this.#log("run.cancelling", { reason });
    const main = this.#image.strands.first;
    if (main !== undefined) this.#strands.cancelStrand(main, `the run was cancelled${reason === "" ? "" : `: ${reason}`}`);
    this.#strands.drain();
  }

  /** Raises TimeoutErrors and ends sleeps in the order in which they became due; what comes into being meanwhile waits for the next transition. */
  #fireTimers(): void {
    if (this.#isPaused) return;
    this.#checkDeadline();
    for (const due of this.#strands.waiting.timers.takeDue(this.#now)) {
      if (this.#strands.outcome !== undefined || !isLive(due)) continue;
      if (due.kind === "wait") this.#waitOver(due.strand, due.wait);
      else this.#timeOut(due.strand, due.scope, due.depth);
      this.#strands.drain();
    }
  }

  #waitOver(strand: Strand, wait: Wait): void {
    if (wait.kind === "step") return this.#stepOverdue(strand, wait);
    if (wait.kind === "receive" && wait.channel.startsWith(CALLBACK)) this.#strands.closeCallback(wait.channel);
    this.#strands.wake(strand, RESUME_NEXT, undefined);
  }

  #stepOverdue(strand: Strand, wait: StepWait): void {
    this.#strands.giveUp(wait);
    const error = new TimeoutError(
      `step ${definitionOf(wait)?.name ?? wait.step} was given up after ${formatDuration(this.#now - wait.since)} in all`,
    );
    this.#stepFailed(strand, wait, error, true);
  }

  /** Raises TimeoutError in main when the run as a whole is over time. */
  #checkDeadline(): void {
    const deadline = this.#image.rare?.deadline;
    const main = this.#image.strands.get(0);
    if (deadline === undefined || deadline.raised !== undefined || deadline.at > this.#now) return;
    if (main?.wait === undefined || this.#strands.outcome !== undefined) return;
    const waitingFor = describeWait(main.wait);
    deadline.raised = new TimeoutError(`the run was over its deadline, waiting for ${waitingFor}`);
    this.#log("run.overdue", { waitingFor });
    this.#strands.interrupt(main, deadline.raised);
    this.#strands.drain();
  }

  #timeOut(strand: Strand, scope: TimeoutScope, depth: number): void {
    scope.fired = true;
    this.#strands.touched.add(scope);
    const waitingFor = strand.wait ? describeWait(strand.wait) : "";
    this.#log("timeout", { after: scope.label, waitingFor });
    const message = `timed out after ${scope.label}${waitingFor === "" ? "" : `, waiting for ${waitingFor}`}`;
    this.#strands.interrupt(strand, new TimeoutError(message), depth);
  }

  // the commit

  /**
   * The run cannot go on for a reason outside the program (a step or class this process does not know): it fails, and what is stored stays as it is, so
   * that a retry goes on once the reason is gone (I8).
   */
  fail(error: unknown, events: readonly DriverEvent[], now: number): Transition {
    // In the middle of a transition, what it is about is to be kept as well.
    const all = this.#todo.length > 0 || this.#strands.hasYielded ? this.#events : events;
    this.#reset(now);
    return this.#failure(error, all);
  }

  #finish(events: readonly DriverEvent[]): Transition {
    const written = this.#encodeLive();
    if (written !== undefined) {
      const bytes = this.#sizeWith(written);
      const { maxBytes } = this.#ports.limits;
      if (bytes <= maxBytes) return this.#liveTransition(written, bytes);
      return this.#failure(tooLarge(bytes, maxBytes, this.#ports.codec.heap(this.#image)), events);
    }
    const outcome = this.#strands.outcome!;
    if (outcome.kind !== "failed") {
      try {
        return this.#endTransition(outcome.kind, this.#ports.codec.encode(outcome), undefined, [
          ...this.#consumed,
          ...this.#consumedEnds,
        ]);
      } catch (error) {
        if (!(error instanceof NotSaveableError)) throw error;
        return this.#failure(this.#unsaveableEnd(outcome, error), events);
      }
    }
    return this.#failure(outcome.error, events);
  }

  /** The refusal of a run's result, told from the result itself. */
  #unsaveableEnd(outcome: Outcome, refusal: NotSaveableError): unknown {
    if (outcome.kind !== "completed") return refusal;
    try {
      this.#ports.codec.encode(outcome.value, "result");
      return refusal;
    } catch (error) {
      return unsaveable(`the result of ${shortName(this.#image.workflow)}`, error);
    }
  }

  /** The encoded image when the run goes on, `undefined` when it has ended. Raises NotSaveableError where it belongs and tries again. */
  #encodeLive(): Written | undefined {
    if (this.#image.uncaught.length > 0) this.#image.uncaught = this.#image.uncaught.filter((task) => !task.joined);
    for (let attempt = 1; this.#strands.outcome === undefined; attempt++) {
      try {
        const written = this.#writer.write(this.#image, this.#strands.touched);
        this.#strands.written();
        return written;
      } catch (error) {
        if (!(error instanceof NotSaveableError)) throw error;
        const culprit = attempt < MAX_SAVE_ATTEMPTS ? this.#culprit() : undefined;
        // One that waits for its own strands to end cannot be asked twice.
        const isTold = culprit !== undefined && this.#strands.interrupt(culprit.strand, culprit.error);
        if (!isTold) this.#strands.outcome = { kind: "failed", error };
        this.#strands.drain();
      }
    }
    return undefined;
  }

  /** The strand that holds what cannot be saved. One that has run in this transition put it there, even when others can reach it too. */
  #culprit(): { strand: Strand; error: NotSaveableError } | undefined {
    for (const strand of new Set([...this.#strands.ran, ...this.#image.strands])) {
      if (!this.#image.strands.has(strand)) continue;
      try {
        this.#ports.codec.encode([strand.task, strand.frames]);
        this.#ports.codec.encode(strand.wait, strand.wait?.kind === "group" ? strand.wait.combinator : "value");
      } catch (error) {
        if (error instanceof NotSaveableError) return { strand, error };
        throw error;
      }
    }
    return undefined;
  }

  /** Bytes of the continuation once this is written. */
  #sizeWith({ kind, bytes, blobs, refers }: Written): number {
    const stored = this.#committed.blobs;
    const written = (kind === "image" ? 0 : this.#committedBytes) + bytes.length;
    if (stored.size + blobs.length === 0) return written;
    const sizes = new Map([...stored, ...blobs.map(({ id, bytes: contents }) => [id, contents] as const)]);
    const kept = kind === "image" ? refers : [...sizes.keys()];
    return written + kept.reduce((sum, id) => sum + sizes.get(id)!.length, 0);
  }

  /** What is said about a continuation that has just become large; once, until it is small again. */
  #warning(bytes: number): Transition["warning"] {
    const isLarge = bytes > this.#ports.limits.warnBytes;
    const isNew = isLarge && !this.#isLarge;
    this.#isLarge = isLarge;
    if (!isNew) return undefined;
    const warning = { size: sizeText(bytes), largest: largest(this.#ports.codec.heap(this.#image)) };
    this.#log("checkpoint.large", warning);
    return warning;
  }

  #liveTransition({ kind, bytes, blobs, refers }: Written, size: number): Transition {
    const isImage = kind === "image";
    const warning = this.#warning(size);
    this.#remember(isImage, bytes, blobs, refers);
    const start = this.takeStarts();
    const timerAt = this.timerAt();
    const steps = this.#isPaused ? NO_STEPS : this.#strands.waiting.stepsAt(this.#now);
    return {
      status: this.#liveStatus(steps),
      isBusy: steps.running || this.#strands.started.size > 0,
      image: isImage ? bytes : undefined,
      part: isImage ? undefined : bytes,
      blobs,
      refers,
      warning,
      outcome: undefined,
      // While steps run the run is due at once for whoever takes it over from a dead worker.
      wakeAt: steps.running ? this.#now : earliest(timerAt, steps.next),
      timerAt,
      waitingFor: this.#isPaused ? `to be resumed: ${this.#image.rare!.paused!.reason}` : describeRun(this.#image),
      consumed: [...this.#consumed, ...this.#consumedEnds],
      journal: this.#journal,
      start,
      abort: this.#strands.aborted,
      outward: this.#strands.outward.effects,
    };
  }

  #liveStatus({ running, next }: StepsUnderWay): RunStatus {
    if (this.#isPaused) return "paused";
    if (!this.#image.begun) return "scheduled";
    if (this.#image.cancel !== undefined) return "cancelling";
    if (running) return "running";
    return next === undefined ? "waiting" : "retrying";
  }

  #remember(isImage: boolean, bytes: Uint8Array, blobs: readonly Blob[], refers: readonly string[]): void {
    const known = this.#committed.blobs;
    this.#committedBytes = (isImage ? 0 : this.#committedBytes) + bytes.length;
    for (const { id, bytes: contents } of blobs) known.set(id, contents);
    if (!isImage) return void this.#committed.parts.push(bytes);
    const kept = new Set(refers);
    for (const id of known.keys()) if (!kept.has(id)) known.delete(id);
    this.#committed = { image: bytes, parts: [], blobs: known };
  }

  #endTransition(status: RunStatus, outcome: Uint8Array, written: Written | undefined, consumed: readonly number[]): Transition {
    const abort = [...this.#strands.aborted, ...this.#strands.started];
    this.#strands.started.clear();
    if (status !== "failed") this.#log(`run.${status}`, {});
    const journal = this.#journal;
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
      outward: FINAL_STATUSES.has(status) ? this.#strands.outward.effects : {},
    };
  }

  /**
   * The run failed: what is stored stays where it was, except that step results of this very transition are kept in it for a retry, and that a step that
   * had used up its attempts gets new ones. Messages are not consumed: a retry meets them again.
   */
  #failure(error: unknown, events: readonly DriverEvent[]): Transition {
    this.#log("run.failed", { error: oneLine(error) });
    const outcome: Outcome = { kind: "failed", error: saveableError(error, this.#ports.codec) };
    return this.#endTransition("failed", this.#ports.codec.encode(outcome), this.#imageForRetry(events), this.#consumedEnds);
  }

  #imageForRetry(events: readonly DriverEvent[]): Written | undefined {
    const outcomes = new Map<number, Saved | undefined>();
    for (const event of events) {
      if (event.kind === "stepSucceeded") outcomes.set(event.call, event.result);
      else if (event.kind === "stepFailed") outcomes.set(event.call, undefined);
    }
    if (outcomes.size === 0) return undefined;
    const { image: bytes, parts, blobs } = this.#committed;
    const image = this.#ports.codec.decode(bytes, parts, blobs) as RunImage;
    for (const { wait } of image.strands) {
      if (wait?.kind !== "step" || !outcomes.has(wait.call)) continue;
      const result = outcomes.get(wait.call);
      wait.attempt = 1;
      wait.notBefore = 0;
      if (result !== undefined) wait.kept = { value: restore(result, this.#ports.codec) };
    }
    return this.#ports.codec.writer(blobs.keys()).write(image);
  }

  /** What happened in the transition under way. */
  #log(kind: string, data: Readonly<Record<string, unknown>>): void {
    this.#journal.push({ at: this.#now, kind, data });
  }
}

/** The earlier of two times, either of which may be never. */
function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

/** What the journal tells of a step; `strand` unless it is main that called it. */
function facts(strand: Strand, wait: StepWait): { step: string; call: number; attempt: number; strand?: string } {
  assert(wait.call > 0, "a step event for a request the driver never took");
  const name = definitionOf(wait)?.name ?? wait.step;
  const known = { step: name, call: wait.call, attempt: wait.attempt };
  const who = strandName(strand);
  return who === "" ? known : { ...known, strand: who };
}
