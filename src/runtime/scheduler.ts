/**
 * Runs the strands of one image until all of them wait or the run has ended, in the order in which they became runnable. Owns the image during a
 * transition and is what running code talks to (RunPort). Starts nothing: a request is taken, numbered and left in the image (I3).
 */
import { RESUME_NEXT, RESUME_THROW, type ResumeMode } from "../shared/abi.js";
import { CancelledError, NotSaveableError, UsageError } from "../shared/errors.js";
import type { Held } from "./effects/resource.js";
import { resumeStrand, startStrand, type Rest } from "./execute.js";
import { placeOf } from "./frame.js";
import { CALLBACK } from "./effects/callback.js";
import { type Codec, newImage, type Outcome, type RunImage } from "./image.js";
import { Outward } from "./outward.js";
import { save, saveableError, saveInput, unsaveable } from "./saved.js";
import { Strand, TimeoutScope, type Request, type StepWait, type TaskState } from "./strand.js";
import type { NoteValue } from "./store/store.js";
import { type ChildStart, Execution, requestName, type RunPort } from "./suspend.js";

/** A runnable strand with what it goes on with. */
interface Runnable {
  readonly strand: Strand;
  readonly mode: ResumeMode;
  readonly value: unknown;
}

type End = Extract<Rest, { readonly kind: "returned" | "threw" }>;

export class Scheduler implements RunPort {
  /** The time of the transition under way. */
  now = 0;
  /** How the run ended, once it has. From then on nothing runs. */
  outcome: Outcome | undefined;
  /** Calls whose attempt has been handed out. */
  readonly started = new Set<number>();
  /** Of those, the ones nobody waits for any more. Emptied by the driver. */
  aborted: number[] = [];

  /** The resources the run has open in this process. */
  readonly held = new Set<Held>();

  /** The strands that ran in this transition. */
  readonly ran = new Set<Strand>();

  /** What the transition does beyond the run. */
  readonly outward = new Outward();

  readonly #codec: Codec;
  readonly #newId: () => string;
  readonly #execution = new Execution(this);
  /** The strand on the native stack. */
  #running: Strand | undefined;
  #queue: Runnable[] = [];
  /** Errors to raise in strands that were runnable when they were interrupted. */
  readonly #interrupts = new Map<Strand, Error>();

  constructor(
    readonly image: RunImage,
    codec: Codec,
    newId: () => string,
  ) {
    this.#codec = codec;
    this.#newId = newId;
  }

  get runId(): string {
    return this.image.run;
  }

  /** Enters main for the first time. */
  begin(): void {
    const main = this.image.strands[0];
    if (main?.wait?.kind === "start") this.#queue.push({ strand: main, mode: RESUME_NEXT, value: undefined });
    this.drain();
  }

  /** The strand goes on with `value`. */
  wake(strand: Strand, mode: ResumeMode, value: unknown): void {
    strand.wait = undefined;
    this.#queue.push({ strand, mode, value });
  }

  /** Raises `error` at the strand's suspension point, giving up what it waits for. A strand that is about to run meets it where it next waits. */
  interrupt(strand: Strand, error: Error): void {
    const wait = strand.wait;
    if (wait === undefined) {
      this.#interrupts.set(strand, error);
      return;
    }
    if (wait.kind === "receive" && wait.channel.startsWith(CALLBACK)) this.closeCallback(wait.channel);
    if (wait.kind === "step" && this.started.delete(wait.call)) this.aborted.push(wait.call);
    if (wait.kind === "start") return this.#ended(strand, { kind: "threw", error });
    this.wake(strand, RESUME_THROW, error);
  }

  /** Asks a strand to end; asking twice does nothing. */
  cancelStrand(strand: Strand, message: string): void {
    if (strand.cancelled) return;
    strand.cancelled = true;
    this.interrupt(strand, new CancelledError(message));
  }

  /** Runs until no strand is runnable. */
  drain(): void {
    while (this.#queue.length > 0 && this.outcome === undefined) this.#run(this.#queue.shift()!);
  }

  #run({ strand, mode, value }: Runnable): void {
    // A strand that was cancelled before it began is gone already.
    if (!this.image.strands.includes(strand)) return;
    const { wait } = strand;
    strand.wait = undefined;
    this.#running = strand;
    this.ran.add(strand);
    const rest =
      wait?.kind === "start"
        ? startStrand(this.#execution, strand, wait.fn, wait.args)
        : resumeStrand(this.#execution, strand, mode, value);
    this.#running = undefined;
    if (rest.kind === "waits") this.#accept(strand, rest.request);
    else if (rest.kind === "broken") this.outcome = { kind: "failed", error: rest.error };
    else this.#ended(strand, rest);
  }

  /** Takes a request: from here on the strand waits for it. Nothing is started (I3). */
  #accept(strand: Strand, request: Request): void {
    request.since = this.now;
    strand.wait = request;
    const interrupt = this.#interrupts.get(strand);
    if (interrupt !== undefined) {
      this.#interrupts.delete(strand);
      return this.interrupt(strand, interrupt);
    }
    switch (request.kind) {
      case "step":
        return this.#acceptStep(strand, request);
      case "sleep":
        if (request.duration !== undefined) request.until = this.now + request.duration;
        return;
      case "receive":
        if (request.timeout !== undefined) request.deadline = this.now + request.timeout;
        return;
      case "run":
        if (!request.isComing) this.outward.watches.push(request.run);
        return;
      case "join":
        if (request.task === strand.task)
          this.wake(strand, RESUME_THROW, new UsageError("a task cannot join itself: it would wait for ever."));
        return;
    }
  }

  #acceptStep(strand: Strand, wait: StepWait): void {
    try {
      wait.input = saveInput(wait.input as readonly unknown[], this.#codec);
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      const caller = strand.frames.at(-1);
      const place = caller === undefined ? "" : ` in ${placeOf(caller)}`;
      return this.wake(strand, RESUME_THROW, unsaveable(`what ${requestName(wait)}${place} is called with`, error));
    }
    wait.call = ++this.image.calls;
  }

  #ended(strand: Strand, rest: End): void {
    const { strands } = this.image;
    strands.splice(strands.indexOf(strand), 1);
    this.#interrupts.delete(strand);
    strand.wait = undefined;
    if (strand.task === undefined) this.#mainEnded(rest);
    else this.#taskEnded(strand, strand.task, rest);
    if (this.image.ending !== undefined && strands.length === 0) this.outcome ??= this.#finalOutcome(this.image.ending);
  }

  #mainEnded(rest: End): void {
    const { image } = this;
    if (rest.kind === "returned") image.ending = { kind: "completed", value: rest.value };
    else if (image.cancel !== undefined && rest.error instanceof CancelledError)
      image.ending = { kind: "cancelled", error: rest.error };
    else if (rest.error !== undefined && rest.error === image.rare?.deadline?.raised)
      image.ending = { kind: "timed-out", error: rest.error };
    else {
      // Failure is a state: the other strands stay as they are in the store, for a retry.
      this.outcome = { kind: "failed", error: rest.error };
      return;
    }
    // A copy: a strand that had not begun leaves the list at once.
    for (const other of image.strands.slice()) this.cancelStrand(other, "the main function of the run has ended");
  }

  #taskEnded(strand: Strand, task: TaskState, rest: End): void {
    if (rest.kind === "threw") {
      task.state = strand.cancelled && rest.error instanceof CancelledError ? "cancelled" : "failed";
      task.value = rest.error;
    } else {
      task.state = "completed";
      task.value = rest.value;
    }
    this.#checkSaveable(task);
    for (const other of this.image.strands) {
      if (other.wait?.kind !== "join" || other.wait.task !== task) continue;
      task.joined = true;
      this.wake(other, task.state === "completed" ? RESUME_NEXT : RESUME_THROW, task.value);
    }
    if (task.state === "failed" && !task.joined) this.image.uncaught.push(task);
  }

  /** The result of a task may be held by any strand; it is refused where it came into being. */
  #checkSaveable(task: TaskState): void {
    try {
      save(task.value, this.#codec, "result");
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      task.value =
        task.state === "completed" ? unsaveable(`the result of task ${task.id}`, error) : saveableError(task.value, this.#codec);
      if (task.state === "completed") task.state = "failed";
    }
  }

  #finalOutcome(ending: Outcome): Outcome {
    const lost = this.image.uncaught.find((task) => !task.joined);
    return lost === undefined || ending.kind !== "completed" ? ending : { kind: "failed", error: lost.value };
  }

  // What running code may ask (RunPort).

  spawn(fn: () => unknown): TaskState {
    const task: TaskState = { id: this.image.nextStrand++, state: "running", value: undefined, joined: false };
    const strand = new Strand(task.id, task, { kind: "start", fn, args: [], since: this.now });
    this.image.strands.push(strand);
    this.#queue.push({ strand, mode: RESUME_NEXT, value: undefined });
    return task;
  }

  cancelTask(task: TaskState, reason: string | undefined): void {
    const strand = this.image.strands.find((s) => s.task === task);
    if (strand !== undefined) this.cancelStrand(strand, `the task was cancelled${reason === undefined ? "" : `: ${reason}`}`);
  }

  take(channel: string): { readonly value: unknown } | undefined {
    const box = this.image.mailboxes.get(channel);
    if (box === undefined) return undefined;
    const value = box.shift();
    if (box.length === 0) this.image.mailboxes.delete(channel);
    return { value };
  }

  endOf(run: string): { readonly outcome: Outcome | undefined } | undefined {
    const bytes = this.image.rare?.ends.get(run);
    if (bytes === undefined) return undefined;
    this.image.rare!.ends.delete(run);
    return { outcome: bytes.length === 0 ? undefined : (this.#codec.decode(bytes) as Outcome) };
  }

  startRun(workflow: string, fn: Function, args: readonly unknown[], start: ChildStart): string {
    const { image, now } = this;
    const id = start.id ?? `${image.run}/${image.more.children + 1}`;
    const startAt = now + start.delayMs;
    const deadline = start.deadlineMs === undefined ? undefined : startAt + start.deadlineMs;
    const { pauseOnFailure, isAttached } = start;
    const bytes = this.#codec.encode(newImage(id, workflow, fn, args, now, { deadline, pauseOnFailure }), "arguments");
    image.more.children++;
    const run = { id, workflow, image: bytes, createdAt: now, parent: image.run, endsWithParent: isAttached };
    this.outward.starts.push(start.delayMs > 0 ? { ...run, startAt } : run);
    if (isAttached) this.outward.watches.push(id);
    return id;
  }

  sendMessage(kind: "send" | "cancel", run: string, topic: string, value: unknown): void {
    this.outward.sends.push({ run, kind, topic, payload: this.#codec.encode(value, "message"), sentAt: this.now });
  }

  note(key: string, value: NoteValue): void {
    this.outward.note(key, value);
  }

  openCallback(): string {
    const channel = CALLBACK + this.#newId();
    this.image.more.callbacks.add(channel);
    return channel;
  }

  closeCallback(channel: string): void {
    this.image.rare?.callbacks.delete(channel);
    this.image.mailboxes.delete(channel);
  }

  openScope(label: string, durationMs: number): TimeoutScope {
    const scope = new TimeoutScope(label, this.now + durationMs);
    this.#running!.scopes.push(scope);
    return scope;
  }

  closeScope(scope: TimeoutScope): void {
    const { scopes } = this.#running!;
    const at = scopes.lastIndexOf(scope);
    if (at >= 0) scopes.splice(at, 1);
  }
}
