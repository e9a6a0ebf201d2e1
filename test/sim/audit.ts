/** What has to hold when all is over. */
import { codec } from "../../dist/runtime/checkpoint.js";
import { open } from "../../dist/runtime/flow.js";
import type { Outcome } from "../../dist/runtime/image.js";
import type { Notes, Store, StoredRun } from "../../dist/runtime/store/store.js";
import { CancelledError, TimeoutError } from "../../dist/shared/errors.js";
import type { Observer } from "./observer.ts";
import type { Outside } from "./outside.ts";
import type { Plan } from "./plans.ts";
import type { InboxPlan } from "./programs/inbox.ts";
import type { Trip, TripResult } from "./programs/saga.ts";
import type { Track } from "./track.ts";
import type { World } from "./world.ts";

export interface Ended {
  readonly status: string;
  /** The result as text; `undefined` when there is none. */
  readonly result: string | undefined;
}

export class Audit {
  readonly #world: World;
  readonly #store: Store;
  readonly #observer: Observer;
  readonly #outside: Outside;

  constructor(world: World, store: Store, observer: Observer, outside: Outside) {
    this.#world = world;
    this.#store = store;
    this.#observer = observer;
    this.#outside = outside;
  }

  /** Checks all runs, whoever started them, and what is left over. */
  async all(): Promise<void> {
    this.#observer.occurrences.audit();
    if (this.#observer.tasks.size > 0) this.#world.violate(`${this.#observer.tasks.size} tasks are left of runs that have ended`);
    for (const track of this.#observer.runs.values()) await this.#checkRun(track);
  }

  async #checkRun(track: Track): Promise<void> {
    const run = await this.#store.getRun(track.id);
    const say = (message: string): void => this.#world.violate(`run ${track.id}: ${message}`);
    if (run === undefined) return say("it does not exist");
    await this.#journal(track, say);
    this.#effects(track, say);
    for (const [lane, open] of track.blocks) if (open !== 0) say(`${open} try blocks of ${lane} were never left`);
    if (JSON.stringify(sorted(run.notes)) !== JSON.stringify(sorted(track.notes)))
      say(`its notes are ${JSON.stringify(run.notes)}, and the program has made them ${JSON.stringify(track.notes)}`);
    if (run.parent !== track.parent) say(`its parent is ${run.parent}, and ${track.parent} has started it`);
    await this.#result(track.id, endOf(run), say);
  }

  /** Checks what only the plan of a run can tell, and answers how it ended. */
  async run(plan: Plan): Promise<Ended> {
    const track = this.#observer.runs.get(plan.id);
    const run = await this.#store.getRun(plan.id);
    const say = (message: string): void => this.#world.violate(`run ${plan.id}: ${message}`);
    if (track === undefined || run === undefined) {
      say("it was never started");
      return { status: "unknown", result: undefined };
    }
    const ended = endOf(run);
    if (ended.status === "cancelled" && plan.cancelAt === undefined) say("it was cancelled, and nobody asked for that");
    if (ended.status === "timed-out" && plan.options.deadline === undefined) say("it is timed-out, and it had no deadline");
    this.#program(plan, track, ended, say);
    return ended;
  }

  /** What the host program is told is what the store has. */
  async #result(id: string, { status, result }: Ended, say: (message: string) => void): Promise<void> {
    const told = await open({ store: this.#store })
      .run(id)
      .result()
      .then(
        (value) => JSON.stringify(value),
        (error: unknown) =>
          error instanceof CancelledError ? "cancelled" : error instanceof TimeoutError ? "timed-out" : String(error),
      );
    if (told !== (status === "completed" ? result : status)) say(`it is ${status}, and its result is told as ${told}`);
  }

  /** The journal is what the commits said, from beginning to end. */
  async #journal(track: Track, say: (message: string) => void): Promise<void> {
    const journal = await this.#store.readJournal(track.id);
    if (JSON.stringify(journal) !== JSON.stringify(track.journal)) say("I4: the journal is not what was committed to it");
    const kinds = journal.map(({ kind }) => kind);
    const begun = kinds.filter((kind) => kind === "run.started").length;
    if (begun > 1 || (begun === 0 && track.status === "completed")) say(`it started ${begun} times`);
    const last = kinds.at(-1);
    if (last !== `run.${track.status}`) say(`it is ${track.status}, and its journal ends with ${last}`);
    const ends = kinds.filter((kind) => ["run.completed", "run.cancelled", "run.timed-out"].includes(kind)).length;
    if (ends !== 1) say(`it ended ${ends} times`);
    const failed = kinds.filter((kind) => kind === "run.failed" || kind === "run.crashed").length;
    const retried = kinds.filter((kind) => kind === "run.retried").length;
    if (failed !== retried) say(`it failed ${failed} times and was retried ${retried} times`);
  }

  /** No effect is lost: what the journal says was done, the ledger has. */
  #effects(track: Track, say: (message: string) => void): void {
    for (const { kind, data } of track.journal) {
      // What is fetched may have been there already.
      if (kind !== "step.completed" || String(data["step"]).startsWith("fetch")) continue;
      const key = `${track.id}:${String(data["call"])}`;
      if (!this.#outside.effects.has(key)) say(`step ${key} is completed, and its effect never happened`);
    }
  }

  /** Without faults every attempt begins once; when a run fails, what its other strands wait for begins again with the retry. */
  undisturbed(): void {
    for (const [name, times] of this.#outside.begun) {
      const track = this.#observer.runs.get(name.slice(0, name.lastIndexOf(":")))!;
      const isDisturbed = track.journal.some(({ kind }) => kind === "run.failed" || kind === "run.paused");
      if (times !== 1 && !isDisturbed) this.#world.violate(`${name} began ${times} times without a fault`);
    }
  }

  #program(plan: Plan, track: Track, { status, result }: Ended, say: (message: string) => void): void {
    const { program } = plan;
    switch (program.workflow) {
      case "saga":
        return this.#saga(track, program.args, status === "completed" ? (JSON.parse(result!) as TripResult) : undefined, say);
      case "inbox":
        return inbox(program.args, track, status, result, say);
      case "script":
        return;
    }
  }

  /** Every booking is kept, or compensated exactly once. */
  #saga(track: Track, { legs }: Trip, result: TripResult | undefined, say: (message: string) => void): void {
    const payloads = [...this.#outside.effects.values()]
      .filter(({ key }) => key.startsWith(`${track.id}:`))
      .map(({ payload }) => payload);
    const booked = payloads.filter((payload) => payload.startsWith("book"));
    const undone = payloads.filter((payload) => payload.startsWith("undo"));
    if (result?.status === "booked" && undone.length > 0) say(`it is booked, and ${undone.join()} happened`);
    if (result !== undefined && booked.length !== legs) say(`it has ${booked.length} bookings for ${legs} legs`);
    // What was cancelled while its step was under way may have been booked; the program never learnt of it. A cancellation may also end the compensation.
    if (result?.status === "booked" || track.words.get("end") !== 1) return;
    const known = track.journal.filter(
      ({ kind, data }) => kind === "step.completed" && payloadOf(track, data["call"]).startsWith("book"),
    );
    if (undone.length !== known.length) say(`${known.length} bookings were completed, and ${undone.length} undone`);
  }
}

function sorted(notes: Notes): readonly unknown[] {
  return Object.entries(notes).sort(([a], [b]) => (a < b ? -1 : 1));
}

function payloadOf(track: Track, call: unknown): string {
  return String((track.intents.get(call as number)!.input as readonly unknown[])[1]);
}

function inbox(plan: InboxPlan, track: Track, status: string, result: string | undefined, say: (message: string) => void): void {
  if (status !== "completed") return;
  const { messages } = JSON.parse(result!) as { messages: number[] };
  if (messages.length < plan.messages) say(`${plan.messages} messages were expected, ${messages.length} arrived`);
  if (JSON.stringify(messages) !== JSON.stringify(track.got.get("mail") ?? [])) say("its result is not what it received");
}

function endOf(run: StoredRun): Ended {
  if (run.outcome === undefined) return { status: run.status, result: undefined };
  const outcome = codec.decode(run.outcome) as Outcome;
  return { status: run.status, result: outcome.kind === "completed" ? JSON.stringify(outcome.value) : undefined };
}
