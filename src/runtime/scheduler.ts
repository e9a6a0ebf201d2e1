/**
 * Runs the strands of one image until all of them wait or the run has ended, in the order in which they became runnable. Owns the image during a
 * transition. Starts nothing: a request is taken, numbered and left in the image (I3).
 *
 * Whatever is done here costs the same however many strands there are: who waits for what is indexed, and what changed is noted for the writer (I7).
 */
import { RESUME_NEXT, RESUME_THROW, type ResumeMode } from "../shared/abi.js";
import { CancelledError, NotSaveableError, UsageError } from "../shared/errors.js";
import { deadlock } from "./deadlock.js";
import { strandName } from "./describe.js";
import { resumeStrand, startStrand } from "./execute.js";
import { definitionOf } from "./effects/step.js";
import { placeOf } from "./frame.js";
import { CALLBACK } from "./effects/callback.js";
import type { End } from "./group.js";
import type { Codec, Outcome, RunImage } from "./image.js";
import { closeCallback } from "./mailboxes.js";
import { isOwnCancel, Nursery, outranks, type NurseryHost } from "./nursery.js";
import { Outward } from "./outward.js";
import { Pending } from "./pending.js";
import { ImagePort, type PortHost } from "./run-port.js";
import { save, saveableError, saveInput, unsaveable } from "./saved.js";
import {
  type StepExtra,
  Strand,
  type Interrupt,
  type ArgumentsWait,
  type JoinWait,
  type Request,
  type StepWait,
  TaskState,
} from "./strand.js";
import { type CallStart, Execution, requestName } from "./suspend.js";
import { Waiting } from "./waiting.js";

/** A runnable strand with what it goes on with. */
interface Runnable {
  readonly strand: Strand;
  readonly mode: ResumeMode;
  readonly value: unknown;
  /** It gave way in the middle of its own computing. */
  readonly hasYielded?: true;
}

/** So many entries of the queue are taken out together. */
const QUEUE_PIECE = 1_024;
/** Outside of all timeouts. */
const OUTERMOST = -1;

export class Scheduler implements NurseryHost, PortHost {
  /** The time of the transition under way. */
  now = 0;
  /** How the run ended, once it has. From then on nothing runs. */
  outcome: Outcome | undefined;
  /** Calls whose attempt has been handed out. */
  readonly started = new Set<number>();
  /** Of those, the ones nobody waits for any more. Emptied by the driver. */
  aborted: number[] = [];

  /** The strands that ran in this transition. */
  readonly ran = new Set<Strand>();
  readonly waiting = new Waiting();
  /** What may have changed in the image since it was last written, of the runtime's own. */
  readonly touched = new Set<object>();

  /** Some strand has given way: nothing runs until the next slice. */
  hasYielded = false;
  /** Answers whether the slice is over; set for each. */
  isOver: () => boolean = () => false;

  /** What the transition does beyond the run. */
  readonly outward = new Outward();
  /** What the running code talks to. */
  readonly port: ImagePort;
  /** The strand on the native stack. */
  running: Strand | undefined;

  readonly #codec: Codec;
  readonly #nursery = new Nursery(this);
  readonly #execution: Execution;
  #queue: Runnable[] = [];
  /** Errors to raise in strands that were runnable when they were interrupted. */
  readonly #interrupts = new Map<Strand, Interrupt>();

  constructor(
    readonly image: RunImage,
    codec: Codec,
    newId: () => string,
    /** Takes a fact about the transition under way. */
    readonly log: NurseryHost["log"],
  ) {
    this.#codec = codec;
    this.port = new ImagePort(this, codec, newId);
    this.#execution = new Execution(this.port);
    this.touched.add(image);
    for (const strand of image.strands) {
      this.waiting.add(strand);
      for (let depth = 0; depth < strand.scopes.length; depth++) this.waiting.timers.addScope(strand, depth);
    }
  }

  /** A new transition begins at `now`, milliseconds since the epoch. */
  begins(now: number): void {
    this.now = now;
    this.aborted = [];
    this.ran.clear();
    this.outward.reset();
  }

  /** Everything up to now has been written. */
  written(): void {
    this.port.written();
    this.touched.clear();
    this.touched.add(this.image);
    this.image.strands.written();
  }

  /** A new strand: it begins in its turn. */
  begin(strand: Strand): void {
    this.image.strands.add(strand);
    this.touched.add(strand);
    this.#queue.push({ strand, mode: RESUME_NEXT, value: undefined });
  }

  /** Enters main for the first time. */
  beginMain(): void {
    const main = this.image.strands.first;
    if (main?.wait?.kind === "start") this.#queue.push({ strand: main, mode: RESUME_NEXT, value: undefined });
    this.drain();
  }

  /** The strand goes on with `value`. */
  wake(strand: Strand, mode: ResumeMode, value: unknown): void {
    this.#release(strand);
    this.#queue.push({ strand, mode, value });
  }

  #release(strand: Strand): void {
    this.waiting.remove(strand);
    strand.wait = undefined;
    this.touched.add(strand);
  }

  /**
   * Raises `error` at the strand's suspension point, giving up what it waits for; where that is strands of its own, once these have ended. A strand that is about
   * to run meets it where it next waits. Of several, the one from furthest out is raised. Answers whether anything came of it.
   */
  interrupt(strand: Strand, error: Error, depth = OUTERMOST): boolean {
    const { wait } = strand;
    const interrupt = { error, depth };
    if (wait === undefined) {
      if (outranks(this.#interrupts.get(strand), interrupt)) return false;
      this.#interrupts.set(strand, interrupt);
      return true;
    }
    if (wait.kind === "group" && wait.children.size > 0) {
      if (!this.#nursery.interrupt(wait, interrupt)) return false;
    } else if (wait.kind === "start" || wait.kind === "arguments") {
      this.#ended(strand, { kind: "threw", error });
    } else {
      if (wait.kind === "receive" && wait.channel.startsWith(CALLBACK)) closeCallback(this.image, wait.channel);
      if (wait.kind === "step") this.giveUp(wait);
      this.wake(strand, RESUME_THROW, error);
    }
    this.#closeInside(strand, depth);
    return true;
  }

  /** An error on its way out is not replaced, while it passes a `finally` block, by the timeout of what it is leaving. */
  #closeInside({ scopes }: Strand, depth: number): void {
    for (const scope of scopes.slice(depth + 1)) {
      if (scope.fired) continue;
      scope.fired = true;
      this.touched.add(scope);
    }
  }

  /** Nobody waits for the step any more. */
  giveUp(wait: StepWait): void {
    if (wait.extra?.queue !== undefined) this.outward.withdrawn.push(wait.call);
    else if (this.started.delete(wait.call)) this.aborted.push(wait.call);
  }

  /** Asks a strand to end; asking twice does nothing. */
  cancelStrand(strand: Strand, message: string): void {
    if (strand.cancelled) return;
    strand.cancelled = true;
    this.touched.add(strand);
    this.interrupt(strand, new CancelledError(message));
  }

  /** Runs until no strand is runnable. */
  drain(): void {
    let at = 0;
    while (at < this.#queue.length && this.outcome === undefined && !this.hasYielded) {
      this.#run(this.#queue[at++]!);
      // Taking each out at once would move all that is behind it.
      if (at === QUEUE_PIECE) at -= this.#queue.splice(0, at).length;
    }
    this.#queue = this.hasYielded ? this.#queue.slice(at) : [];
  }

  /** The strand goes on behind all others, in another slice. */
  #giveWay(strand: Strand): void {
    strand.wait = undefined;
    this.hasYielded = true;
    this.#queue.push({ strand, mode: RESUME_NEXT, value: undefined, hasYielded: true });
  }

  #run({ strand, mode, value, hasYielded }: Runnable): void {
    // A strand that was cancelled before it began is gone already.
    if (!this.image.strands.has(strand)) return;
    const interrupt = hasYielded && this.#interrupts.get(strand);
    if (interrupt) {
      // In the middle of its computing: there is no better place for a strand that never waits.
      this.#interrupts.delete(strand);
      mode = RESUME_THROW;
      value = interrupt.error;
    }
    const { wait } = strand;
    strand.wait = undefined;
    this.running = strand;
    this.ran.add(strand);
    const rest =
      wait?.kind === "start"
        ? startStrand(this.#execution, strand, wait.fn, wait.args, wait.self)
        : resumeStrand(this.#execution, strand, mode, value);
    this.running = undefined;
    if (rest.kind === "waits") this.#accept(strand, rest.request);
    else if (rest.kind === "broken") this.outcome = { kind: "failed", error: rest.error };
    else this.#ended(strand, rest);
  }

  /** Runs a new strand on top of the running one, up to where it first waits; what ends before that is no strand at all. */
  runNow(strand: Strand, pending: Pending, start: CallStart): unknown {
    const before = this.running;
    this.running = strand;
    this.ran.add(strand);
    const rest = startStrand(new Execution(this.port), strand, start.fn, start.args, start.self);
    this.running = before;
    if (rest.kind === "waits") {
      this.#accept(strand, rest.request);
      return pending;
    }
    this.image.strands.delete(strand);
    this.touched.delete(strand);
    this.#interrupts.delete(strand);
    if (rest.kind === "returned") return rest.value;
    if (rest.kind === "broken") this.outcome = { kind: "failed", error: rest.error };
    throw rest.error;
  }

  /** Takes a request: from here on the strand waits for it. Nothing is started (I3). */
  #accept(strand: Strand, request: Request): void {
    if (request.kind === "yield") return this.#giveWay(strand);
    request.since = this.now;
    strand.wait = request;
    this.touched.add(strand);
    const interrupt = this.#interrupts.get(strand);
    if (interrupt !== undefined) {
      this.#interrupts.delete(strand);
      return void this.interrupt(strand, interrupt.error, interrupt.depth);
    }
    switch (request.kind) {
      case "step":
        return this.#acceptStep(strand, request);
      case "sleep":
        if (request.duration !== undefined) request.until = this.now + request.duration;
        return this.waiting.add(strand);
      case "receive":
        if (request.timeout !== undefined) request.deadline = this.now + request.timeout;
        return this.waiting.add(strand);
      case "run":
        if (!request.isComing) this.outward.watches.push(request.run);
        return this.waiting.add(strand);
      case "join":
        return this.#acceptJoin(strand, request);
      case "group":
        request.parent = strand;
        return this.#nursery.start(request);
    }
  }

  #acceptStep(strand: Strand, wait: StepWait): void {
    try {
      wait.extra = extraOf(wait, this.now);
    } catch (error) {
      return this.wake(strand, RESUME_THROW, error);
    }
    try {
      wait.input = saveInput(wait.input as readonly unknown[], this.#codec);
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      const caller = strand.frames.at(-1);
      const place = caller === undefined ? "" : ` in ${placeOf(caller)}`;
      return this.wake(strand, RESUME_THROW, unsaveable(`what ${requestName(wait)}${place} is called with`, error));
    }
    wait.call = ++this.image.calls;
    this.waiting.add(strand);
  }

  #acceptJoin(strand: Strand, { task }: JoinWait): void {
    if (task === strand.task)
      return this.wake(strand, RESUME_THROW, new UsageError("a task cannot join itself: it would wait for ever."));
    this.waiting.add(strand);
    this.breakCircle(strand);
  }

  /** Raises an error in a strand that waits, in the end, for itself. */
  breakCircle(strand: Strand): void {
    const error = deadlock(strand, this.image.strands);
    if (error !== undefined) this.wake(strand, RESUME_THROW, error);
  }

  #ended(strand: Strand, end: End): void {
    const { image } = this;
    const { task, group } = strand;
    image.strands.delete(strand);
    this.#interrupts.delete(strand);
    this.waiting.remove(strand);
    strand.wait = undefined;
    this.touched.delete(strand);
    if (task !== undefined) this.#taskEnded(strand, task, end);
    else if (group !== undefined) this.#nursery.ended(strand, group, end);
    else this.#mainEnded(end);
    if (image.ending !== undefined && image.strands.size === 0) this.outcome ??= this.#finalOutcome(image.ending);
  }

  #mainEnded(end: End): void {
    const { image } = this;
    if (end.kind === "returned") image.ending = { kind: "completed", value: end.value };
    else if (image.cancel !== undefined && end.error instanceof CancelledError)
      image.ending = { kind: "cancelled", error: end.error };
    else if (end.error !== undefined && end.error === image.rare?.deadline?.raised)
      image.ending = { kind: "timed-out", error: end.error };
    else {
      // Failure is a state: the other strands stay as they are in the store, for a retry.
      this.outcome = { kind: "failed", error: end.error };
      return;
    }
    // A copy: a strand that had not begun leaves the list at once.
    for (const other of image.strands.list()) this.cancelStrand(other, "the main function of the run has ended");
  }

  #taskEnded(strand: Strand, task: TaskState, end: End): void {
    const checked = this.saveable(strand, end);
    task.value = checked.kind === "returned" ? checked.value : checked.error;
    if (checked.kind === "returned") task.state = "completed";
    else task.state = isOwnCancel(strand, end) ? "cancelled" : "failed";
    this.touched.add(task);
    const others = this.waiting.forEndOf(task);
    // Calls that were written before whoever waits now begin before it goes on.
    for (const other of others) if (other.wait?.kind === "arguments") this.#argumentEnded(other, other.wait);
    for (const other of others) if (other.wait?.kind === "join") this.#joinEnded(other, other.wait);
    // What nobody touched is thrown by the block of the call.
    if (task.state === "failed" && !task.joined && !(task instanceof Pending)) this.image.uncaught.push(task);
  }

  #joinEnded(strand: Strand, { task, isQuiet }: JoinWait): void {
    if (isQuiet) return this.wake(strand, RESUME_NEXT, undefined);
    task.joined = true;
    this.wake(strand, task.state === "completed" ? RESUME_NEXT : RESUME_THROW, task.value);
  }

  /** A call of an `overlap` block begins when all results among its arguments are there, and never does when one of them failed. */
  #argumentEnded(strand: Strand, wait: ArgumentsWait): void {
    const failed = wait.on.find((call) => call.state === "failed" || call.state === "cancelled");
    if (failed !== undefined) return this.#ended(strand, { kind: "threw", error: failed.value });
    if (wait.on.some((call) => call.state === "running")) return;
    const { fn, self, scope, since } = wait;
    this.#release(strand);
    strand.wait = { kind: "start", fn, self, args: scope.resolvedArguments(wait.args), since };
    this.#queue.push({ strand, mode: RESUME_NEXT, value: undefined });
  }

  /** What a strand ended with may be held by any other; it is refused where it came into being. */
  saveable(strand: Strand, end: End): End {
    try {
      save(end.kind === "returned" ? end.value : end.error, this.#codec, "result");
      return end;
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      const told =
        end.kind === "returned"
          ? unsaveable(`the result of ${strandName(strand)}`, error)
          : saveableError(end.error, this.#codec);
      return { kind: "threw", error: told };
    }
  }

  #finalOutcome(ending: Outcome): Outcome {
    const lost = this.image.uncaught.find((task) => !task.joined);
    return lost === undefined || ending.kind !== "completed" ? ending : { kind: "failed", error: lost.value };
  }
}

/** What the options of a step make of a call. Throws what its key function throws, and UsageError when that answers no text. */
function extraOf(wait: StepWait, now: number): StepExtra | undefined {
  const policy = definitionOf(wait)?.policy;
  if (policy === undefined || (policy.queue === undefined && policy.scheduleToCloseMs === undefined)) return undefined;
  const key = policy.queue === undefined ? undefined : policy.key?.(...(wait.input as unknown[]));
  if (key !== undefined && typeof key !== "string")
    throw new UsageError(`${requestName(wait)}: its key function answered no text.`);
  return {
    ...(policy.queue !== undefined && { queue: policy.queue }),
    ...(key !== undefined && { key }),
    ...(policy.priority !== 0 && { priority: policy.priority }),
    ...(policy.scheduleToCloseMs !== undefined && { closeBy: now + policy.scheduleToCloseMs }),
  };
}
