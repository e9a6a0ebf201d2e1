/**
 * What running code may ask of its run without suspending. Part of the scheduler, which owns the strands. Nothing is started and nothing is sent: what is asked for is
 * left in the image, or in what becomes durable with the transition (I3, I4).
 */
import { NotSaveableError } from "../shared/errors.js";
import { describeWait, strandName } from "./describe.js";
import { CALLBACK } from "./effects/callback.js";
import type { Held } from "./effects/resource.js";
import { type Codec, newImage, type Outcome, type RunImage } from "./image.js";
import { closeCallback, takeMessage } from "./mailboxes.js";
import type { Outward } from "./outward.js";
import type { OverlapScope } from "./overlap.js";
import { Pending } from "./pending.js";
import { oneLine, restoreInput, saveInput } from "./saved.js";
import type { NoteValue } from "./store/store.js";
import { Strand, TaskState, TimeoutScope } from "./strand.js";
import type { CallStart, ChildStart, RunPort } from "./suspend.js";
import type { Waiting } from "./waiting.js";

/** What it needs of the scheduler. */
export interface PortHost {
  readonly image: RunImage;
  readonly now: number;
  readonly touched: Set<object>;
  readonly waiting: Waiting;
  readonly outward: Outward;
  /** The strand on the native stack. */
  readonly running: Strand | undefined;
  /** Answers whether the slice is over. */
  isOver(): boolean;
  /** A new strand: it begins in its turn. */
  begin(strand: Strand): void;
  /** Runs a new strand at once, up to where it first waits. Answers `pending` when it does, its result otherwise; throws what it throws. */
  runNow(strand: Strand, pending: Pending, start: CallStart): unknown;
  cancelStrand(strand: Strand, message: string): void;
  log(kind: string, data: Readonly<Record<string, unknown>>): void;
}

/** What a run may write to the console in one transition. */
const MOST_LINES = 1_000;

export class ImagePort implements RunPort {
  /** The resources the run has open in this process. */
  readonly held = new Set<Held>();
  readonly #host: PortHost;
  readonly #codec: Codec;
  readonly #newId: () => string;
  /** Lines written to the console since the last transition. */
  #said = 0;

  constructor(host: PortHost, codec: Codec, newId: () => string) {
    this.#host = host;
    this.#codec = codec;
    this.#newId = newId;
  }

  get isSliceOver(): boolean {
    return this.#host.isOver();
  }

  get runId(): string {
    return this.#host.image.run;
  }

  get now(): number {
    return this.#host.now;
  }

  /** Everything up to now has been written. */
  written(): void {
    this.#said = 0;
  }

  spawn(fn: () => unknown): TaskState {
    const task = new TaskState(this.#host.image.nextStrand++);
    const strand = new Strand(task.id, task, { kind: "start", fn, args: [], since: this.#host.now });
    this.#host.begin(strand);
    return task;
  }

  call(name: string, place: number, start: CallStart, on: readonly Pending[], scope: OverlapScope): unknown {
    const pending = new Pending(this.#host.image.nextStrand++, name, place);
    const strand = new Strand(pending.id, pending, undefined);
    this.#host.image.strands.add(strand);
    this.#host.touched.add(strand);
    if (on.length === 0) return this.#host.runNow(strand, pending, start);
    strand.wait = { kind: "arguments", name, ...start, on, scope, since: this.#host.now };
    this.#host.waiting.add(strand);
    this.#host.log("call.waiting", { strand: strandName(strand), waitingFor: describeWait(strand.wait) });
    return pending;
  }

  lost(call: Pending): void {
    this.#host.log("strand.failed", { strand: `${call.name} (task ${call.id})`, error: oneLine(call.value) });
    this.tellOutcome(call);
  }

  /** Copies of what a step is going to be called with, as if it had been called at once. */
  snapshot(values: readonly unknown[]): readonly unknown[] {
    try {
      return restoreInput(saveInput(values, this.#codec), this.#codec);
    } catch (error) {
      // It is refused when the step is called.
      if (error instanceof NotSaveableError) return values;
      throw error;
    }
  }

  /** Somebody is given the outcome of a task that has ended. */
  tellOutcome(task: TaskState): void {
    task.joined = true;
    this.#host.touched.add(task);
  }

  cancelTask(task: TaskState, reason: string | undefined): void {
    const strand = this.#host.image.strands.get(task.id);
    if (strand?.task === task)
      this.#host.cancelStrand(strand, `the task was cancelled${reason === undefined ? "" : `: ${reason}`}`);
  }

  take(channel: string): { readonly value: unknown } | undefined {
    return takeMessage(this.#host.image, channel);
  }

  endOf(run: string): { readonly outcome: Outcome | undefined } | undefined {
    const bytes = this.#host.image.rare?.ends.get(run);
    if (bytes === undefined) return undefined;
    this.#host.image.rare!.ends.delete(run);
    return { outcome: bytes.length === 0 ? undefined : (this.#codec.decode(bytes) as Outcome) };
  }

  startRun(workflow: string, fn: Function, args: readonly unknown[], start: ChildStart): string {
    const { image, now } = this.#host;
    const id = start.id ?? `${image.run}/${image.more.children + 1}`;
    const startAt = now + start.delayMs;
    const deadline = start.deadlineMs === undefined ? undefined : startAt + start.deadlineMs;
    const { pauseOnFailure, isAttached } = start;
    const bytes = this.#codec.encode(newImage(id, workflow, fn, args, now, { startAt, deadline, pauseOnFailure }), "arguments");
    image.more.children++;
    const run = { id, workflow, image: bytes, createdAt: now, parent: image.run, endsWithParent: isAttached };
    this.#host.outward.starts.push(start.delayMs > 0 ? { ...run, startAt } : run);
    if (isAttached) this.#host.outward.watches.push(id);
    return id;
  }

  sendMessage(kind: "send" | "cancel", run: string, topic: string, value: unknown): void {
    this.#host.outward.sends.push({ run, kind, topic, payload: this.#codec.encode(value, "message"), sentAt: this.#host.now });
  }

  say(level: string, text: string): void {
    this.#said++;
    if (this.#said < MOST_LINES) this.#host.log("log", { level, text });
    else if (this.#said === MOST_LINES)
      this.#host.log("log", { level: "warn", text: `more than ${MOST_LINES} lines in one transition; the others are left out` });
  }

  note(key: string, value: NoteValue): void {
    this.#host.outward.note(key, value);
  }

  openCallback(): string {
    const channel = CALLBACK + this.#newId();
    this.#host.image.more.callbacks.add(channel);
    return channel;
  }

  closeCallback(channel: string): void {
    closeCallback(this.#host.image, channel);
  }

  openScope(label: string, durationMs: number): TimeoutScope {
    const strand = this.#host.running!;
    const scope = new TimeoutScope(label, this.#host.now + durationMs);
    strand.scopes.push(scope);
    this.#host.waiting.timers.addScope(strand);
    return scope;
  }

  closeScope(scope: TimeoutScope): void {
    const { scopes } = this.#host.running!;
    const at = scopes.lastIndexOf(scope);
    if (at >= 0) scopes.splice(at, 1);
  }
}
