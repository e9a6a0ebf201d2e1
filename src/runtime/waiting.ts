/**
 * Who waits for what, the other way round: from a call, a channel, a task, a time to the strands that wait for it, so that an event costs the same however many
 * strands there are. Nothing of it is saved: it follows from the strands, and is made anew when an image is loaded.
 */
import { LazyQueue } from "./queue.js";
import type { ReceiveWait, StepWait, Strand, TaskState } from "./strand.js";
import { Timers } from "./timers.js";

/** A strand that waits for a message; no longer when it waits for something else by now. */
interface Receiver {
  readonly strand: Strand;
  readonly wait: ReceiveWait;
}

/** A step attempt that is not due yet. */
interface Delay {
  readonly at: number;
  readonly wait: StepWait;
}

/** Whether some attempt runs, or could, and when the first of the others is due. */
export interface StepsUnderWay {
  readonly running: boolean;
  readonly next: number | undefined;
}

export class Waiting {
  readonly timers = new Timers();
  readonly #calls = new Map<number, Strand>();
  readonly #joins = new Map<TaskState, Set<Strand>>();
  readonly #runs = new Map<string, Set<Strand>>();
  readonly #receivers = new Map<string, LazyQueue<Receiver>>();
  /** Waits with attempts to be handed out. */
  #unstarted = new Set<StepWait>();
  /** Waits whose attempts others make. */
  readonly #queued = new Set<StepWait>();
  readonly #delayed = new Map<StepWait, number>();
  readonly #delays = new LazyQueue<Delay>(
    (a, b) => a.at < b.at,
    ({ at, wait }) => this.#delayed.get(wait) === at,
  );

  /** The strand waits from now on. Its wait is complete: its call has a number, its timer a time. */
  add(strand: Strand): void {
    const { wait } = strand;
    switch (wait?.kind) {
      case "step":
        this.#calls.set(wait.call, strand);
        if (wait.extra?.queue !== undefined) this.#queued.add(wait);
        this.timers.add(strand);
        return this.attempt(wait);
      case "receive":
        this.#receiversOf(wait.channel).push({ strand, wait });
        return this.timers.add(strand);
      case "sleep":
        return this.timers.add(strand);
      case "join":
        return addTo(this.#joins, wait.task, strand);
      case "arguments":
        for (const call of wait.on) if (call.state === "running") addTo(this.#joins, call, strand);
        return;
      case "run":
        return addTo(this.#runs, wait.run, strand);
      case "group":
      case "start":
      case undefined:
        return;
    }
  }

  /** The strand is about to give up its wait. Queues find out by themselves. */
  remove(strand: Strand): void {
    const { wait } = strand;
    if (wait?.kind === "step") {
      this.#calls.delete(wait.call);
      this.#unstarted.delete(wait);
      this.#delayed.delete(wait);
      this.#queued.delete(wait);
    } else if (wait?.kind === "join") removeFrom(this.#joins, wait.task, strand);
    else if (wait?.kind === "arguments") for (const call of wait.on) removeFrom(this.#joins, call, strand);
    else if (wait?.kind === "run") removeFrom(this.#runs, wait.run, strand);
  }

  /** Whether attempts have to be handed to a queue; known after a load only. */
  get hasQueued(): boolean {
    return this.#queued.size > 0;
  }

  /** The strand that waits for that step call. */
  forCall(call: number): Strand | undefined {
    return this.#calls.get(call);
  }

  /** The strand that has waited longest for a message of that channel. */
  forMessage(channel: string): Strand | undefined {
    const queue = this.#receivers.get(channel);
    const first = queue?.peek();
    if (queue !== undefined && first === undefined) this.#receivers.delete(channel);
    return first?.strand;
  }

  /** The strands that join a task or have it among their arguments, oldest first. */
  forEndOf(task: TaskState): Strand[] {
    return [...(this.#joins.get(task) ?? [])].sort((a, b) => a.id - b.id);
  }

  /** The strands that wait for the end of a run, oldest first. */
  forEndOfRun(run: string): Strand[] {
    return [...(this.#runs.get(run) ?? [])].sort((a, b) => a.id - b.id);
  }

  /** The attempt of this wait is to be handed out, now or when it is due. */
  attempt(wait: StepWait): void {
    if (wait.kept !== undefined) return;
    this.#unstarted.add(wait);
    if (wait.notBefore === 0 || wait.extra?.queue !== undefined) return;
    this.#delayed.set(wait, wait.notBefore);
    this.#delays.push({ at: wait.notBefore, wait });
  }

  /** Hands out what `attempt` was told of. */
  takeAttempts(): ReadonlySet<StepWait> {
    const attempts = this.#unstarted;
    this.#unstarted = new Set();
    return attempts;
  }

  /** Whether some attempt runs at `now`, or could, and when the first of the others is due. */
  stepsAt(now: number): StepsUnderWay {
    for (let first = this.#delays.peek(); first !== undefined && first.at <= now; first = this.#delays.peek())
      this.#delayed.delete(this.#delays.pop()!.wait);
    return { running: this.#calls.size > this.#delayed.size + this.#queued.size, next: this.#delays.peek()?.at };
  }

  #receiversOf(channel: string): LazyQueue<Receiver> {
    let queue = this.#receivers.get(channel);
    if (queue === undefined)
      this.#receivers.set(channel, (queue = new LazyQueue(waitedLonger, ({ strand, wait }) => strand.wait === wait)));
    return queue;
  }
}

function addTo<K>(map: Map<K, Set<Strand>>, key: K, strand: Strand): void {
  const strands = map.get(key);
  if (strands === undefined) map.set(key, new Set([strand]));
  else strands.add(strand);
}

function removeFrom<K>(map: Map<K, Set<Strand>>, key: K, strand: Strand): void {
  const strands = map.get(key);
  strands?.delete(strand);
  if (strands?.size === 0) map.delete(key);
}

/** The same after a restore, whatever the order in which strands are found. */
function waitedLonger(a: Receiver, b: Receiver): boolean {
  return a.wait.since === b.wait.since ? a.strand.id < b.strand.id : a.wait.since < b.wait.since;
}
