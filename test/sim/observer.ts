/**
 * Checks the promises at every commit that is applied, every claim, and every body that begins:
 *
 *  - I2: plain code is numbered in the continuation; what commits say ran is 1, 2, 3, … on each lane, each number once.
 *  - I3: a body begins only for an intent that was committed, with the same arguments; and when its process still holds the run, the stored continuation waits
 *    for exactly that attempt.
 *  - I4: what a commit says happened (journal, messages, image) is there together: an answered call is not waited for any more; messages are in `mail.ts`.
 *  - I5: fences grow; nothing is committed under an old one, or by somebody who gave the run back.
 *
 * What else is promised is checked by those it hands on to.
 */
import { codec } from "../../dist/runtime/checkpoint.js";
import type { RunImage } from "../../dist/runtime/image.js";
import { runPort } from "../../dist/runtime/suspend.js";
import {
  RETRYABLE_STATUSES,
  type ClaimedRun,
  type Commit,
  type JournalEntry,
  type NewMessage,
  type NewRun,
  type StoredImage,
  type StoredRun,
} from "../../dist/runtime/store/store.js";
import { Deliveries } from "./deliveries.ts";
import { Family } from "./family.ts";
import { Mail } from "./mail.ts";
import { Occurrences } from "./occurrences.ts";
import type { Process } from "./process.ts";
import { Stops } from "./stops.ts";
import { Structure } from "./structure.ts";
import { numberOf, Tasks } from "./tasks.ts";
import { append, count, Track, type Mark } from "./track.ts";
import type { World } from "./world.ts";

export class Observer {
  readonly runs = new Map<string, Track>();
  /** Number of commits that were applied. */
  commits = 0;
  /** Number of commits that were superseded. */
  lateCommits = 0;
  readonly mail: Mail;
  readonly tasks: Tasks;
  readonly deliveries: Deliveries;
  readonly occurrences: Occurrences;
  /** Values the outside world has handed out to be kept. */
  readonly produced = new Set<string>();
  readonly #stops: Stops;
  readonly #structure: Structure;
  readonly #family: Family;
  readonly #world: World;
  /** Number of runs that can go on. */
  #live = 0;
  /** The claim under which each loaded continuation runs. */
  readonly #claims = new WeakMap<object, string>();
  /** The last claim of each process and run. */
  readonly #admitted = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    const say = (track: Track, message: string): void => this.#violate(track, message);
    this.mail = new Mail(say);
    this.tasks = new Tasks(world);
    this.deliveries = new Deliveries(world);
    this.occurrences = new Occurrences(world, this.runs);
    this.#stops = new Stops(say);
    this.#structure = new Structure(say);
    this.#family = new Family(this.runs, say);
    globalThis.simMark = (run, lane, n, what) => this.#mark(run, { lane, n, what });
    globalThis.simExpect = (isKept, otherwise) => {
      if (!isKept && world.current?.isDead === false) world.violate(otherwise);
    };
    globalThis.simSelf = () => runPort("its id").runId;
  }

  /** No run can go on. */
  get isQuiet(): boolean {
    return this.#live === 0;
  }

  /** Runs that can go on, or be retried. */
  get open(): readonly string[] {
    return [...this.runs.values()].filter((run) => isOpen(run)).map(({ id, status }) => `${id} (${status})`);
  }

  broken(message: string): void {
    this.#world.violate(message);
  }

  #violate(track: Track, message: string): void {
    this.#world.violate(`run ${track.id}: ${message}`);
  }

  #mark(run: string, mark: Mark): void {
    const process = this.#world.current;
    if (process === undefined || process.isDead) return;
    const key = this.#claimOf(process, run);
    const { pending } = this.runs.get(run)!;
    const list = pending.get(key);
    if (list === undefined) pending.set(key, [mark]);
    else list.push(mark);
  }

  /** Under which claim the code that is running runs: a process may hold the remains of an older one. */
  #claimOf(process: Process, run: string): string {
    const port = runPort("a mark");
    let claim = this.#claims.get(port);
    if (claim === undefined) this.#claims.set(port, (claim = this.#admitted.get(`${process.id} ${run}`)!));
    return claim;
  }

  // what the store was told

  created(run: NewRun): void {
    if (this.runs.has(run.id)) return;
    this.runs.set(run.id, new Track(run));
    this.#live++;
  }

  /** The store took a message, or lost it since there is nobody to receive it. */
  sent({ run, kind, topic, payload, id }: NewMessage): void {
    const track = this.runs.get(run);
    if (track?.isLive !== true) return;
    if (id !== undefined && track.messageIds.has(id)) this.#violate(track, `message ${id} was taken twice`);
    if (id !== undefined) track.messageIds.add(id);
    if (kind === "send") append(track.sent, topic, codec.decode(payload) as number);
  }

  retried(run: string, entry: JournalEntry): void {
    const track = this.runs.get(run)!;
    track.journal.push(entry);
    track.version++;
    track.status = "ready";
  }

  claimed(process: Process, run: ClaimedRun): void {
    const track = this.runs.get(run.id)!;
    this.#world.log(`${process.id} now holds ${run.id}, fence ${run.fence}`);
    if (run.fence <= track.fence) this.#violate(track, `I5: claimed with fence ${run.fence} after ${track.fence}`);
    track.fence = run.fence;
    track.holder = process.id;
    this.mail.given(run.messages);
    track.claimed = run.messages.map(({ seq }) => seq);
    this.#family.claimed(track, run.messages);
  }

  /** The process is about to load the run. */
  admits(process: Process, { id, fence }: ClaimedRun): void {
    this.#admitted.set(`${process.id} ${id}`, `${process.id} ${fence}`);
  }

  /** A worker came or went; runs may have been given back. */
  heldBy(run: string, owner: string | undefined): void {
    const track = this.runs.get(run)!;
    if (owner === undefined) track.holder = undefined;
    else if (owner !== track.holder)
      this.#violate(track, `I5: held by ${owner} without a claim, and by ${track.holder ?? "nobody"}`);
  }

  superseded(process: Process, commit: Commit): void {
    const track = this.runs.get(commit.run)!;
    this.lateCommits++;
    this.#world.log(`a commit of ${process.id} for ${commit.run} is too late`);
    if (track.holder === process.id && track.fence === commit.fence)
      this.#violate(track, `I5: a commit of the holder under the last fence was superseded`);
    track.pending.delete(`${process.id} ${commit.fence}`);
  }

  committed(process: Process, commit: Commit, run: StoredRun, image: StoredImage): void {
    const track = this.runs.get(commit.run)!;
    // Made again, since its answer was lost: it happened once.
    if (commit.version <= track.version) return this.#world.log(`commit ${commit.version} of ${commit.run} has happened before`);
    this.commits++;
    const kinds = commit.journal.map(({ kind }) => kind).join(", ");
    this.#world.log(`${process.id} committed ${commit.run}, version ${track.version + 1}, ${commit.status}: ${kinds}`);
    this.#checkOwner(track, process, commit);
    track.version++;
    if (run.version !== track.version || run.status !== commit.status)
      this.#violate(track, `I4: version ${run.version}, ${run.status} after commit ${track.version}, ${commit.status}`);
    const wasOpen = isOpen(track);
    track.status = commit.status;
    track.journal.push(...commit.journal);
    // A failed run consumes nothing but ends of attempts: it meets its messages again.
    const forgotten = track.claimed.filter((seq) => !commit.consumed.includes(seq));
    if (!(RETRYABLE_STATUSES as ReadonlySet<string>).has(commit.status) && forgotten.length > 0)
      this.#violate(track, `I4: messages were consumed without a word: ${forgotten.join()}`);
    track.claimed = [];
    for (const { kind, topic } of this.mail.consumed(track, commit.consumed))
      if (kind === "step") this.tasks.heard(track.id, topic);
    const marks = track.pending.get(`${process.id} ${commit.fence}`) ?? [];
    track.pending.delete(`${process.id} ${commit.fence}`);
    // A failed run stays where it was: what ran last will run again.
    const isStuck = RETRYABLE_STATUSES.has(commit.status);
    if (!isStuck) for (const mark of marks) this.#ran(track, mark);
    const before = track.waits;
    track.waits = new Map();
    const stored = track.isLive || isStuck ? (codec.decode(image.image, image.parts, image.blobs) as RunImage) : undefined;
    if (stored !== undefined) this.#checkWaits(track, stored, before);
    if (stored !== undefined && track.isLive) this.mail.check(track, stored);
    if (!isStuck) this.#stops.committed(track, commit, marks, stored);
    for (const entry of commit.journal) this.#entry(track, entry, before);
    if (commit.release || !track.isLive) track.holder = undefined;
    this.#reachesOthers(track, commit);
    if (wasOpen && !isOpen(track)) this.#live--;
  }

  #reachesOthers(track: Track, commit: Commit): void {
    for (const run of commit.starts ?? []) this.created(run);
    for (const message of commit.sends ?? []) this.sent(message);
    for (const run of commit.watches ?? []) count(track.watches, run);
    this.tasks.committed(commit);
    this.deliveries.committed(commit);
    if (track.isLive) return;
    track.ends.add(track.status);
    this.#family.ended(track);
  }

  #checkOwner(track: Track, process: Process, { fence }: Commit): void {
    if (fence !== track.fence) this.#violate(track, `I5: a commit under fence ${fence} was applied, the last is ${track.fence}`);
    else if (track.holder !== process.id)
      this.#violate(track, `I5: a commit of ${process.id} was applied, and ${track.holder ?? "nobody"} holds the run`);
  }

  // what it means

  #ran(track: Track, { lane, n, what }: Mark): void {
    const last = track.lanes.get(lane) ?? 0;
    if (n !== last + 1) this.#violate(track, `I2: committed code of ${lane} is ${n} (${what}) after ${last}`);
    track.lanes.set(lane, n);
    track.words.set(what, (track.words.get(what) ?? 0) + 1);
    const message = /^got (.+) (\d+)$/.exec(what);
    if (message !== null) append(track.got, message[1]!, Number(message[2]));
    this.#structure.ran(track, { lane, n, what });
    this.#learnt(track, what);
    if (what === "enter" || what === "leave") track.blocks.set(lane, (track.blocks.get(lane) ?? 0) + (what === "enter" ? 1 : -1));
  }

  /** What the program has been told. */
  #learnt(track: Track, what: string): void {
    const [kind, name, value] = what.split(" ");
    if (kind === "child") this.#family.heard(track, name!, value!);
    else if (kind === "answered") this.mail.answered(track, name!, Number(value));
    else if (kind === "noted") track.notes[name!] = Number(value);
    else if (kind === "fetched" && !this.produced.has(name!)) this.#violate(track, `${name} was fetched, and nobody made it`);
  }

  /** What the stored continuation waits for. That of a failed run is the one before, with results that came too late kept in it. */
  #checkWaits(track: Track, image: RunImage, before: Track["waits"]): void {
    for (const { wait } of image.strands) {
      if (wait?.kind !== "step") continue;
      const { call, attempt, step, input, extra } = wait;
      const kept = wait.kept !== undefined;
      track.waits.set(call, { attempt, kept, details: extra?.details });
      const intent = track.intents.get(call);
      const queue = extra?.queue;
      if (intent === undefined) track.intents.set(call, { step, input, queue, attempts: new Set([attempt]) });
      else {
        intent.attempts.add(attempt);
        if (intent.step !== step || !isSame(intent.input, input)) this.#violate(track, `I3: call ${call} has other arguments`);
        if (!before.has(call)) this.#violate(track, `I2: call ${call} is waited for again`);
      }
      if (track.answered.has(call) && !kept) this.#violate(track, `I4: call ${call} is answered and waited for`);
    }
  }

  #entry(track: Track, { kind, data, at }: JournalEntry, before: Track["waits"]): void {
    this.#stops.journal(track, kind, at);
    if (kind !== "step.completed" && kind !== "step.failed") return;
    const call = data["call"] as number;
    if (track.answered.has(call)) this.#violate(track, `I2: call ${call} was answered twice`);
    if (!before.has(call)) this.#violate(track, `I4: call ${call} was answered, and nobody waited for it`);
    // It is made anew with the retry, or when the run is resumed.
    if (kind === "step.failed" && (track.status === "failed" || track.isPaused)) return;
    track.answered.add(call);
    const wait = track.waits.get(call);
    if (wait !== undefined && !wait.kept) this.#violate(track, `I4: call ${call} was answered and is waited for`);
  }

  // bodies

  bodyBegins(process: Process, key: string, attempt: number, args: readonly unknown[]): void {
    const at = key.lastIndexOf(":");
    const track = this.runs.get(key.slice(0, at));
    const call = Number(key.slice(at + 1));
    if (track === undefined) return this.#world.violate(`I3: body of ${key} began, and there is no such run`);
    const intent = track.intents.get(call);
    if (intent === undefined || !intent.attempts.has(attempt))
      return this.#violate(track, `I3: attempt ${attempt} of call ${call} began before that was committed`);
    const input = (intent.input instanceof Uint8Array ? codec.decode(intent.input) : intent.input) as readonly unknown[];
    // What the call did not give, the body has defaults for.
    if (JSON.stringify(input) !== JSON.stringify(args.slice(0, input.length)))
      this.#violate(track, `I3: call ${call} began with other arguments`);
    if (!this.#isCurrent(process, track, call, attempt)) return;
    const wait = track.waits.get(call);
    if (wait === undefined || wait.kept || wait.attempt !== attempt)
      this.#violate(track, `I3: attempt ${attempt} of call ${call} began, and the run does not wait for it`);
    // What is in a queue when the run is paused is under way.
    if (intent.queue === undefined) this.#stops.bodyBegins(track, call);
  }

  /** As far as the store knows, the attempt is in the hands of that process: others have lost it and are allowed to go on with what they had. */
  #isCurrent(process: Process, track: Track, call: number, attempt: number): boolean {
    if (track.intents.get(call)?.queue === undefined) return track.holder === process.id;
    return this.tasks.isHeld(process.id, `${track.id}:${call}`, attempt);
  }

  /** An attempt is told how far the one before it had got. */
  goesOnFrom(process: Process, key: string, attempt: number, told: number): void {
    const at = key.lastIndexOf(":");
    const track = this.runs.get(key.slice(0, at))!;
    const call = Number(key.slice(at + 1));
    if (!this.#isCurrent(process, track, call, attempt)) return;
    const isQueued = track.intents.get(call)!.queue !== undefined;
    const kept = numberOf(isQueued ? this.tasks.detailsOf(key) : track.waits.get(call)?.details);
    if (kept !== told) this.#violate(track, `call ${call} had got as far as ${kept}, and attempt ${attempt} is told ${told}`);
  }
}

/** It can go on, or be retried. */
function isOpen(track: Track): boolean {
  return track.isLive || (RETRYABLE_STATUSES as ReadonlySet<string>).has(track.status);
}

function isSame(a: readonly unknown[] | Uint8Array, b: readonly unknown[] | Uint8Array): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
