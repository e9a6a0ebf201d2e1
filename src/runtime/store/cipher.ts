/**
 * A store whose payloads are encrypted before they reach another store, and decrypted on the way back.
 *
 *     encrypted   arguments of schedules, continuations with their blobs (which are not shared between runs then), outcomes, message payloads, the facts of journal entries, the reasons of cancellations
 *     in clear    ids of runs and messages, names (workflows, steps, channels, queues), keys of queues and caches, statuses, times, notes, when schedules are due: what the store finds runs by
 *
 * A payload that cannot be read is replaced by one whose reading throws CipherError, so that one unreadable run keeps nobody from the others, and status and
 * journal can still be seen. Upholds: nothing is written in answer to a payload that could not be read (I8).
 */
import { randomBytes } from "node:crypto";
import { CipherError } from "../../shared/errors.js";
import { type Blob, HASH_BYTES } from "../codec/blobs.js";
import { LIVE_STATUSES } from "./store.js";
import type {
  CacheEntry,
  ClaimedRun,
  ClaimOptions,
  Commit,
  CommitResult,
  Delivery,
  JournalEntry,
  Message,
  NewMessage,
  NewRun,
  NewTask,
  NewWorker,
  RunQuery,
  RunSummary,
  Store,
  StoreNote,
  StoredHook,
  StoredImage,
  StoredRun,
  StoredSchedule,
  Task,
  TaskOptions,
  WorkerRecord,
} from "./store.js";
import type { Cipher } from "./aes256gcm.js";
import { parseSealed, seal, unreadable } from "./sealed.js";

/** Every field of what is written, so that a new one does not compile before somebody has decided. */
const COMMIT: Readonly<Record<keyof Commit, "clear" | "sealed">> = {
  run: "clear",
  fence: "clear",
  version: "clear",
  at: "clear",
  status: "clear",
  wakeAt: "clear",
  waitingFor: "clear",
  consumed: "clear",
  release: "clear",
  image: "sealed",
  part: "sealed",
  blobs: "sealed",
  refers: "sealed",
  outcome: "sealed",
  journal: "sealed",
  starts: "sealed",
  sends: "sealed",
  watches: "clear",
  notes: "clear",
  tasks: "sealed",
  withdrawn: "clear",
  cached: "sealed",
};

class CipherStore implements Store {
  /** Secrets may be given to it. */
  readonly encrypts = true;
  readonly #store: Store;
  readonly #cipher: Cipher;
  /** Of runs that are held here: the names under which their blobs are stored, by id. Ids are hashes, which would tell whether contents are what somebody guesses. */
  readonly #names = new Map<string, Map<string, string>>();
  /** Notes have nothing to hide: ids of runs. Only there when the store has it. */
  readonly watch?: (listener: (note: StoreNote) => void) => () => void;

  /** Only there when the store has it. What a body does with the client is not encrypted. */
  readonly transaction?: NonNullable<Store["transaction"]>;

  /** Of the tasks that are held here, what their payloads are sealed for. */
  readonly #tasks = new Map<number, { readonly run: string; readonly topic: string; readonly workerId: string }>();

  constructor(store: Store, cipher: Cipher) {
    this.#store = store;
    this.#cipher = cipher;
    if (store.watch !== undefined) this.watch = store.watch.bind(store);
    const { transaction } = store;
    if (transaction !== undefined) {
      this.transaction = async (body, commits) => {
        let made: readonly Commit[] = [];
        const results = await transaction.call(store, body, async (value) => {
          made = await commits(value as Parameters<typeof commits>[0]);
          return made.map((commit) => this.#sealCommit(commit));
        });
        this.#forget(made, results);
        return results;
      };
    }
  }

  get url(): string {
    return this.#store.url;
  }

  createRun(run: NewRun): Promise<"created" | "exists"> {
    return this.#store.createRun(this.#sealRun(run));
  }

  async getRun(id: string): Promise<StoredRun | undefined> {
    const run = await this.#store.getRun(id);
    return run && this.#opened(run);
  }

  async getImage(id: string): Promise<StoredImage | undefined> {
    const image = await this.#store.getImage(id);
    return image && this.#openedImage(image, id).image;
  }

  listRuns(query: RunQuery): Promise<RunSummary[]> {
    return this.#store.listRuns(query);
  }

  async readJournal(run: string): Promise<JournalEntry[]> {
    return (await this.#store.readJournal(run)).map((entry) => this.#openEntry(entry, run));
  }

  send(message: NewMessage): Promise<"sent" | "duplicate" | "unknown" | "ended"> {
    return this.#store.send(this.#sealMessage(message));
  }

  async pollMessages(workerId: string): Promise<Message[]> {
    return (await this.#store.pollMessages(workerId)).map((message) => this.#openMessage(message));
  }

  retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown"> {
    return this.#store.retryRun(id, at, this.#sealEntry(journal, id));
  }

  registerWorker(
    worker: NewWorker,
    now: number,
    isAlive: (other: WorkerRecord) => boolean,
  ): Promise<"registered" | WorkerRecord> {
    return this.#store.registerWorker(worker, now, isAlive);
  }

  renew(workerId: string, now: number, leaseMs: number): Promise<boolean> {
    return this.#store.renew(workerId, now, leaseMs);
  }

  releaseDead(workerId: string, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<boolean> {
    return this.#store.releaseDead(workerId, now, isAlive);
  }

  unregisterWorker(workerId: string, now: number): Promise<void> {
    return this.#store.unregisterWorker(workerId, now);
  }

  async claim(options: ClaimOptions): Promise<ClaimedRun[]> {
    const claimed = await this.#store.claim(options);
    return claimed.map((run) => {
      const { image, names } = this.#openedImage(run, run.id);
      this.#names.set(run.id, names);
      const messages = run.messages.map((message) => this.#openMessage(message));
      return { ...this.#opened(run), ...image, fence: run.fence, messages, losses: run.losses };
    });
  }

  async commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    const results = await this.#store.commit(commits.map((commit) => this.#sealCommit(commit)));
    this.#forget(commits, results);
    return results;
  }

  /** Names of blobs of runs that are held no longer. */
  #forget(commits: readonly Commit[], results: readonly CommitResult[]): void {
    for (const [at, { run, release, status }] of commits.entries())
      if (results[at] === "superseded" || release || !LIVE_STATUSES.has(status)) this.#names.delete(run);
  }

  nextDue(options: Parameters<Store["nextDue"]>[0]): Promise<number | undefined> {
    return this.#store.nextDue(options);
  }

  async claimTasks(options: TaskOptions): Promise<Task[]> {
    const tasks = await this.#store.claimTasks(options);
    return tasks.map((task) => {
      const { run, call, attempt } = task;
      this.#tasks.set(task.id, { run, topic: `${call}:${attempt}`, workerId: options.workerId });
      const payload = this.#open(task.payload, run, `task ${call}`);
      return { ...task, payload, details: task.details && this.#open(task.details, run, "progress") };
    });
  }

  async heldTasks(workerId: string): Promise<number[]> {
    const held = await this.#store.heldTasks(workerId);
    const known = new Set(held);
    for (const [id, task] of this.#tasks) if (task.workerId === workerId && !known.has(id)) this.#tasks.delete(id);
    return held;
  }

  noteProgress(task: number, workerId: string, details: Uint8Array): Promise<boolean> {
    const known = this.#tasks.get(task);
    if (known === undefined) return Promise.resolve(false);
    return this.#store.noteProgress(task, workerId, this.#seal(details, known.run, "progress"));
  }

  async finishTask(
    task: number,
    workerId: string,
    payload: Uint8Array,
    at: number,
    cached?: CacheEntry,
  ): Promise<"finished" | "superseded"> {
    const known = this.#tasks.get(task);
    if (known === undefined) return "superseded";
    const sealed = this.#seal(payload, known.run, payloadKind({ kind: "step", topic: known.topic }));
    const answer = await this.#store.finishTask(task, workerId, sealed, at, cached && this.#sealCached(cached));
    if (answer === "finished") this.#tasks.delete(task);
    return answer;
  }

  async readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    const value = await this.#store.readCache(key, now);
    return value && this.#open(value, "", `cache ${key}`);
  }

  putHook(hook: StoredHook): Promise<void> {
    return this.#store.putHook(hook);
  }

  listHooks(): Promise<StoredHook[]> {
    return this.#store.listHooks();
  }

  deleteHook(name: string): Promise<boolean> {
    return this.#store.deleteHook(name);
  }

  async claimDeliveries(options: Parameters<Store["claimDeliveries"]>[0]): Promise<Delivery[]> {
    const deliveries = await this.#store.claimDeliveries(options);
    return deliveries.map((each) => ({ ...each, outcome: each.outcome && this.#open(each.outcome, each.run, "outcome") }));
  }

  finishDelivery(id: number, workerId: string): Promise<boolean> {
    return this.#store.finishDelivery(id, workerId);
  }

  deferDelivery(id: number, workerId: string, dueAt: number): Promise<boolean> {
    return this.#store.deferDelivery(id, workerId, dueAt);
  }

  putSchedule(
    schedule: StoredSchedule,
    expected: string | undefined,
    outward?: Parameters<Store["putSchedule"]>[2],
  ): Promise<"written" | "superseded"> {
    const { name, workflow, version, dueAt, definition, args } = schedule;
    const sealed = { name, workflow, version, dueAt, definition, args: this.#seal(args, "", `schedule ${name}`) };
    if (outward === undefined) return this.#store.putSchedule(sealed, expected);
    const starts = outward.starts.map((run) => this.#sealRun(run));
    return this.#store.putSchedule(sealed, expected, { starts, sends: outward.sends.map((each) => this.#sealMessage(each)) });
  }

  async getSchedule(name: string): Promise<StoredSchedule | undefined> {
    const schedule = await this.#store.getSchedule(name);
    return schedule && this.#openSchedule(schedule);
  }

  async listSchedules(): Promise<StoredSchedule[]> {
    return (await this.#store.listSchedules()).map((schedule) => this.#openSchedule(schedule));
  }

  deleteSchedule(name: string): Promise<boolean> {
    return this.#store.deleteSchedule(name);
  }

  async dueSchedules(options: Parameters<Store["dueSchedules"]>[0]): ReturnType<Store["dueSchedules"]> {
    const { due, nextAt } = await this.#store.dueSchedules(options);
    return { due: due.map((schedule) => this.#openSchedule(schedule)), nextAt };
  }

  #openSchedule(schedule: StoredSchedule): StoredSchedule {
    return { ...schedule, args: this.#open(schedule.args, "", `schedule ${schedule.name}`) };
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  // writing

  #seal(plain: Uint8Array, run: string, kind: string): Uint8Array {
    return seal(this.#cipher.seal(plain, contextOf(run, kind)));
  }

  #sealText(text: string, run: string, kind: string): string {
    return Buffer.from(this.#seal(Buffer.from(text), run, kind)).toString("base64");
  }

  #sealEntry({ data, ...entry }: JournalEntry, run: string): JournalEntry {
    return { ...entry, data: { encrypted: this.#sealText(JSON.stringify(data), run, "journal") } };
  }

  // Field by field: a new one would otherwise go to the store as it is.
  #sealRun({ id, workflow, image, createdAt, startAt, parent, endsWithParent }: NewRun): NewRun {
    return {
      id,
      workflow,
      image: this.#seal(image, id, "image"),
      createdAt,
      ...(startAt !== undefined && { startAt }),
      ...(parent !== undefined && { parent }),
      ...(endsWithParent !== undefined && { endsWithParent }),
    };
  }

  #sealTask({ queue, call, attempt, step, key, priority, dueAt, payload, details }: NewTask, run: string): NewTask {
    const sealed = {
      payload: this.#seal(payload, run, `task ${call}`),
      details: details && this.#seal(details, run, "progress"),
    };
    return { queue, call, attempt, step, key, priority, dueAt, ...sealed };
  }

  #sealCached({ key, value, until }: CacheEntry): CacheEntry {
    return { key, until, value: this.#seal(value, "", `cache ${key}`) };
  }

  #sealMessage(message: NewMessage): NewMessage {
    const { run, kind, topic, sentAt, id } = message;
    return {
      run,
      kind,
      topic: kind === "cancel" ? this.#sealText(topic, run, "reason") : topic,
      payload: this.#seal(message.payload, run, payloadKind(message)),
      sentAt,
      ...(id !== undefined && { id }),
    };
  }

  #sealCommit(commit: Commit): Commit {
    const clear = Object.fromEntries(Object.entries(commit).filter(([field]) => COMMIT[field as keyof Commit] === "clear"));
    const { run, image, part, blobs, refers, outcome, journal, starts, sends, tasks, cached } = commit;
    return {
      ...(clear as unknown as Commit),
      ...(image !== undefined && { image: this.#seal(image, run, "image") }),
      ...(part !== undefined && { part: this.#seal(part, run, "part") }),
      ...(blobs !== undefined && { blobs: blobs.map((blob) => this.#sealBlob(blob, run)) }),
      ...(refers !== undefined && { refers: refers.map((id) => this.#nameOf(id, run)) }),
      ...(outcome !== undefined && { outcome: this.#seal(outcome, run, "outcome") }),
      journal: journal.map((entry) => this.#sealEntry(entry, run)),
      ...(starts !== undefined && { starts: starts.map((start) => this.#sealRun(start)) }),
      ...(sends !== undefined && { sends: sends.map((message) => this.#sealMessage(message)) }),
      ...(tasks !== undefined && { tasks: tasks.map((task) => this.#sealTask(task, run)) }),
      ...(cached !== undefined && { cached: cached.map((entry) => this.#sealCached(entry)) }),
    };
  }

  /** Under a name that says nothing about the contents, with the id among these. */
  #sealBlob({ id, bytes }: Blob, run: string): Blob {
    const plain = Buffer.concat([Buffer.from(id, "hex"), bytes]);
    return { id: this.#nameOf(id, run), bytes: this.#seal(plain, run, "blob") };
  }

  #nameOf(id: string, run: string): string {
    const names = this.#names.get(run) ?? new Map<string, string>();
    this.#names.set(run, names);
    const name = names.get(id) ?? randomBytes(HASH_BYTES).toString("hex");
    names.set(id, name);
    return name;
  }

  // reading

  #opened(run: StoredRun): StoredRun {
    const { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version } = run;
    const { parent, notes } = run;
    const summary = { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version };
    return { ...summary, parent, notes, outcome: run.outcome && this.#open(run.outcome, id, "outcome") };
  }

  #openedImage({ image, parts, blobs }: StoredImage, run: string): { image: StoredImage; names: Map<string, string> } {
    const names = new Map<string, string>();
    const opened = new Map<string, Uint8Array>();
    try {
      for (const [name, sealed] of blobs) {
        const plain = this.#opening(sealed, run, "blob");
        const id = Buffer.from(plain.subarray(0, HASH_BYTES)).toString("hex");
        names.set(id, name);
        opened.set(id, plain.subarray(HASH_BYTES));
      }
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      return { image: { image: unreadable(error), parts: [], blobs: new Map() }, names };
    }
    const plainParts = parts.map((part) => this.#open(part, run, "part"));
    return { image: { image: this.#open(image, run, "image"), parts: plainParts, blobs: opened }, names };
  }

  /** The payload, or one that stands for the reason why it cannot be read. */
  #open(payload: Uint8Array, run: string, kind: string): Uint8Array {
    try {
      return this.#opening(payload, run, kind);
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      return unreadable(error);
    }
  }

  #opening(payload: Uint8Array, run: string, kind: string): Uint8Array {
    const what = `Run ${run} cannot be read (its ${kind.split(" ")[0]!}, in ${this.url}).`;
    const sealed = parseSealed(payload);
    if (sealed === undefined)
      throw new CipherError(
        `${what} It was written without a cipher, and the store was opened with one. Open it without; a store is encrypted from the beginning, or not at all. Nothing was changed.`,
        undefined,
      );
    try {
      return this.#cipher.open(sealed, contextOf(run, kind));
    } catch (error) {
      // Whatever a cipher of somebody else throws.
      throw new CipherError(`${what} ${error instanceof Error ? error.message : String(error)}`, sealed.keyId);
    }
  }

  #openMessage(message: Message): Message {
    const { run, kind, topic } = message;
    if (kind === "orphaned" || message.payload.length === 0) return message;
    // Another run's outcome, handed over by the store as it was sealed.
    if (kind === "ended") return { ...message, payload: this.#open(message.payload, topic, "outcome") };
    const payload = this.#open(message.payload, run, payloadKind(message));
    if (kind !== "cancel") return { ...message, payload };
    try {
      return { ...message, payload, topic: this.#openText(topic, run, "reason") };
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      return { ...message, payload: unreadable(error), topic: "" };
    }
  }

  #openText(text: string, run: string, kind: string): string {
    return Buffer.from(this.#opening(Buffer.from(text, "base64"), run, kind)).toString();
  }

  /** For people: an entry that cannot be read is shown as it is. */
  #openEntry(entry: JournalEntry, run: string): JournalEntry {
    const { encrypted } = entry.data;
    if (typeof encrypted !== "string") return entry;
    try {
      return { ...entry, data: JSON.parse(this.#openText(encrypted, run, "journal")) as JournalEntry["data"] };
    } catch (error) {
      return { ...entry, data: { unreadable: (error as Error).message } };
    }
  }
}

/** A payload cannot be moved to another channel. The reason of a cancellation is its topic, and a payload of its own. */
function payloadKind({ kind, topic }: Pick<Message, "kind" | "topic">): string {
  return kind === "cancel" ? "cancel" : `message ${topic}`;
}

/** `store`, encrypted with `cipher`. */
export function encrypted(store: Store, cipher: Cipher): Store {
  return new CipherStore(store, cipher);
}

/** Whether what is written to a store is encrypted on the way, so that secrets may be written. */
export function isEncrypted(store: Store): boolean {
  return "encrypts" in store;
}

function contextOf(run: string, kind: string): string {
  return JSON.stringify([run, kind]);
}
