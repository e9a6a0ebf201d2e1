/**
 * The host's side: ordinary async Node code that starts runs, sends them messages, waits for results, and runs workers.
 *
 *     const flow = open({ store: sqlite("flow.db") });
 *     const worker = await flow.worker();
 *     const run = await flow.start(checkout, [order], { id: "order-17" });
 *     const receipt = await run.result();
 */
import {
  CancelledError,
  CipherError,
  ProgramChangedError,
  RunFailedError,
  UnknownRunError,
  UsageError,
} from "../shared/errors.js";
import { codec as plainCodec, secretCodec } from "./checkpoint.js";
import type { HeapReport } from "./codec/heap.js";
import { Channel } from "./effects/channel.js";
import { readToken } from "./effects/callback.js";
import { milliseconds, type Duration } from "./effects/duration.js";
import { isInstant, timeOf, type Instant, type TemporalInstant } from "./effects/instant.js";
import { type Hook, type HookHandler, Hooks, type HookOptions } from "./hooks/hooks.js";
import { hubOf } from "./hub.js";
import { checkLimits, type CheckpointLimits } from "./limits.js";
import { newImage, type Codec, type Outcome, type RunImage } from "./image.js";
import { describeImage, type RunDescription } from "./inspect.js";
import { outlast } from "./outage.js";
import { realPorts, type Ports } from "./ports.js";
import { oneLine } from "./saved.js";
import { definitionOf, type ScheduleOptions, type ScheduleSpec } from "./schedules/options.js";
import { define, describeStored, Schedule, type ScheduleDescription } from "./schedules/schedule.js";
import type { Cipher } from "./store/aes256gcm.js";
import { encrypted, isEncrypted } from "./store/cipher.js";
import { checkReadable } from "./store/sealed.js";
import {
  LIVE_STATUSES,
  type HookEvent,
  type JournalEntry,
  type NewMessage,
  type RunQuery,
  type RunSummary,
  type Store,
  type StoredRun,
} from "./store/store.js";
import { harmless, type Telemetry } from "./telemetry.js";
import { Worker, type WorkerOptions } from "./worker.js";
import { workflowId } from "./workflows.js";

export interface FlowOptions {
  /** Where runs live: `sqlite("flow.db")`, `postgres(url)`, `memory()`. */
  readonly store: Store;
  /** Encrypts everything of the program that goes to the store, from the first run on: `aes256gcm(keys)`. Default: nothing is encrypted. */
  readonly cipher?: Cipher;
  /** Clock, timers, randomness, ids, log. Default: the real ones. */
  readonly ports?: Partial<Ports>;
  /** How large the continuation of a run may become. */
  readonly checkpoints?: CheckpointLimits;
  /** Traces and metrics: `opentelemetry()` of `flowc/opentelemetry`. Default: none. */
  readonly telemetry?: Telemetry;
}

export interface StartOptions {
  /** The run's id. Starting the same workflow with an id that exists answers the existing run, so that a start can be repeated safely. Default: a new UUID. */
  readonly id?: string;
  /** The run begins then; until then it is `scheduled`. A date, milliseconds since the epoch, or a duration from now. */
  readonly startAt?: Instant;
  /** The run begins that much later. */
  readonly delay?: Duration;
  /** When TimeoutError is raised in it: a date, or a duration from its start. A run that ends because of that is `timed-out`. */
  readonly deadline?: Duration | Date | TemporalInstant;
  /** A step that has used up its attempts pauses the run instead of throwing: `resume` tries again. */
  readonly pauseOnFailure?: boolean;
  /** The run is paused before it calls more steps than this; `resume` allows as many again. Default: no limit. */
  readonly stepBudget?: number;
}

export interface SendOptions {
  /** The same message id sent twice arrives once. */
  readonly id?: string;
}

/** Opens a store for use. Costs nothing; the store connects when it is first used. */
export function open(options: FlowOptions): Flow {
  if (typeof options?.store?.createRun !== "function") {
    throw new UsageError('open() takes a store: open({ store: sqlite("flow.db") }) or open({ store: memory() }).');
  }
  const { store, cipher } = options;
  if (cipher !== undefined && typeof cipher?.seal !== "function")
    throw new UsageError("open(): cipher is what aes256gcm(…) answers.");
  const used = cipher === undefined ? store : encrypted(store, cipher);
  const codec = isEncrypted(used) ? secretCodec : plainCodec;
  const ports: Ports = { ...realPorts, ...options.ports };
  const telemetry = options.telemetry && harmless(options.telemetry, ports.logger);
  return new Flow(used, { ...ports, telemetry: telemetry ?? ports.telemetry }, codec, checkLimits(options.checkpoints));
}

export class Flow {
  readonly store: Store;
  readonly #ports: Ports;
  readonly #codec: Codec;
  readonly #limits: Required<CheckpointLimits>;
  readonly #workers = new Set<Worker>();
  readonly #hooks = new Hooks();

  /** Use `open`. */
  constructor(store: Store, ports: Ports, codec: Codec, limits: Required<CheckpointLimits>) {
    this.store = store;
    this.#ports = ports;
    this.#codec = codec;
    this.#limits = limits;
  }

  /**
   * Creates a run of a workflow: any exported function of a compiled file. Its arguments are saved, so later changes to them are not seen. Somebody's
   * worker runs it. Throws UsageError when `workflow` is not compiled, or when a run of that id exists for another workflow; NotSaveableError for an
   * argument that cannot be saved; CipherError when the store is encrypted and was opened without a cipher, or the reverse.
   */
  async start<A extends unknown[], R>(
    workflow: (...args: A) => R,
    args: A,
    options: StartOptions = {},
  ): Promise<Run<Awaited<R>>> {
    const name = workflowId(workflow, "flow.start");
    const id = options.id ?? this.#ports.newId();
    if (typeof id !== "string" || id === "") throw new UsageError("flow.start: a run id is a text of at least one character.");
    await checkCipher(this.store);
    const createdAt = this.#ports.clock.now();
    const startAt = startOf(options, createdAt);
    const settings = {
      startAt,
      deadline: deadlineOf(options.deadline, startAt),
      pauseOnFailure: options.pauseOnFailure,
      stepBudget: budgetOf(options),
    };
    const image = this.#codec.encode(newImage(id, name, workflow, args, createdAt, settings));
    const answer = await this.store.createRun({ id, workflow: name, image, createdAt, startAt });
    if (answer === "exists") await this.#checkSame(id, name);
    else {
      this.#ports.telemetry?.created({ run: id, workflow: name });
      hubOf(this.store).work();
    }
    return this.run(id);
  }

  async #checkSame(id: string, workflow: string): Promise<void> {
    const existing = await this.store.getRun(id);
    if (existing !== undefined && existing.workflow !== workflow) {
      throw new UsageError(`flow.start: run ${id} exists already, and it is a run of ${existing.workflow}, not of ${workflow}.`);
    }
  }

  /**
   * Answers a token that `callback` gave out. False when it had been answered before: the first answer counts. Throws UsageError for what is no token or when the run has
   * ended, UnknownRunError, NotSaveableError for a value that cannot be saved.
   */
  async answer(token: string, value?: unknown): Promise<boolean> {
    const { run, channel } = readToken(token);
    const answer = await this.run(run).send(channel, value, { id: channel });
    return answer === "sent";
  }

  /**
   * Whether the run that gave out the token waits for an answer, as of its last commit: false when it was answered, given up, or was never given out. `undefined`: nobody can
   * tell here, since the modules of the run's program are not loaded. Throws UsageError for what is no token, and UnknownRunError.
   */
  async awaitsAnswer(token: string): Promise<boolean | undefined> {
    const { run, channel } = readToken(token);
    return this.run(run).hasCallback(channel);
  }

  /** A handle to a run. Does not look whether it exists; its methods throw UnknownRunError when it does not. */
  run<R = unknown>(id: string): Run<R> {
    return new Run<R>(id, this.store, this.#ports, this.#codec);
  }

  /**
   * Starts a worker in this process: it runs the workflows whose modules are loaded. Throws StoreError "busy-worker" when the store takes one worker at a
   * time and another one lives, and CipherError as `start` does. A run whose key it does not have it leaves alone, with a warning in the log.
   */
  async worker(options: WorkerOptions = {}): Promise<Worker> {
    await checkCipher(this.store);
    const parts = {
      store: this.store,
      codec: this.#codec,
      ports: this.#ports,
      hub: hubOf(this.store),
      limits: this.#limits,
      hooks: this.#hooks,
      options,
    };
    const worker = await Worker.start(parts);
    this.#workers.add(worker);
    const forget = (): boolean => this.#workers.delete(worker);
    worker.done.then(forget, forget);
    return worker;
  }

  /**
   * Has `handler` called when a run of the store ends in one of these ways, or is paused, by a worker that is started with this `flow`. The name is kept in the store: from the
   * first such call on nothing is missed, also while no process with the handler is up. Called at least once for each event, and again later when it throws, with the same
   * idempotency key. Throws UsageError for an event that is none, and when the name has a handler here already.
   */
  async on(event: HookEvent | readonly HookEvent[], handler: HookHandler, options: HookOptions): Promise<Hook> {
    return this.#hooks.add(this.store, typeof event === "string" ? [event] : event, handler, options);
  }

  /**
   * Has a run of a workflow started again and again, by whatever worker has it loaded. Of one name there is one schedule: the same call again, for instance at each start of the
   * program, changes its definition and arguments and leaves it where it is. Each occurrence has one run, whose id is made of the name and the time:
   * `nightly@2026-01-31T02:00:00.000Z`. Throws UsageError for what is no schedule, and like `start`.
   */
  async schedule<A extends unknown[], R>(
    name: string,
    spec: ScheduleSpec,
    workflow: (...args: A) => R,
    args: A,
    options: ScheduleOptions = {},
  ): Promise<Schedule> {
    if (typeof name !== "string" || name === "")
      throw new UsageError("flow.schedule: a name is a text of at least one character.");
    const id = workflowId(workflow, "flow.schedule");
    const definition = definitionOf(spec, options);
    await checkCipher(this.store);
    const bytes = this.#codec.encode(args, "arguments");
    await define({ store: this.store, ports: this.#ports }, { name, workflow: id, definition, args: bytes });
    return this.scheduled(name);
  }

  /** A handle to a schedule. Does not look whether it exists. */
  scheduled(name: string): Schedule {
    return new Schedule(name, this.store, this.#ports);
  }

  /** All schedules, by name. */
  async schedules(): Promise<ScheduleDescription[]> {
    const now = this.#ports.clock.now();
    return Promise.all((await this.store.listSchedules()).map((stored) => describeStored(stored, 5, now)));
  }

  /** Runs that match, newest first. */
  runs(query: RunQuery = {}): Promise<RunSummary[]> {
    return this.store.listRuns(query);
  }

  /** Stops the workers started here and closes the store. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    await this.store.close();
  }
}

/** A handle to one run. `R` is what its workflow answers. */
export class Run<R = unknown> {
  readonly #store: Store;
  readonly #ports: Ports;
  readonly #codec: Codec;

  /** Use `flow.start` or `flow.run`. */
  constructor(
    readonly id: string,
    store: Store,
    ports: Ports,
    codec: Codec,
  ) {
    this.#codec = codec;
    this.#store = store;
    this.#ports = ports;
  }

  /**
   * Waits until the run has ended and answers what the workflow returned. Throws RunFailedError with the program's error as `cause`, or CancelledError.
   * A failed run can be retried; `result` called after that waits again. A store that cannot be reached for a while is waited for, once it has been reached.
   */
  async result(): Promise<R> {
    // Who cannot read the run cannot read how it ends.
    const stored = await this.#store.getImage(this.id);
    if (stored !== undefined) checkReadable(stored.image);
    const notes = new Notes(this.id, this.#store, this.#ports);
    try {
      for (;;) {
        const run = await outlast(this.#ports, () => this.#stored());
        if (!LIVE_STATUSES.has(run.status)) return this.#unpack(run);
        await notes.next();
      }
    } finally {
      notes.close();
    }
  }

  #unpack(run: StoredRun): R {
    if (run.outcome === undefined) throw new RunFailedError(`run ${this.id} is ${run.status}, and nothing is known about why.`);
    const outcome = this.#codec.decode(run.outcome) as Outcome;
    switch (outcome.kind) {
      case "completed":
        return outcome.value as R;
      case "cancelled":
        throw outcome.error instanceof Error ? outcome.error : new CancelledError(`run ${this.id} was cancelled`);
      case "timed-out":
        throw outcome.error;
      case "failed":
      case "crashed":
        throw new RunFailedError(`run ${this.id} ${outcome.kind}: ${oneLine(outcome.error)}`, { cause: outcome.error });
    }
  }

  async #stored(): Promise<StoredRun> {
    const run = await this.#store.getRun(this.id);
    if (run === undefined) throw this.#unknown();
    return run;
  }

  #unknown(): UnknownRunError {
    return new UnknownRunError(`There is no run ${this.id} in ${this.#store.url}.`);
  }

  /**
   * Sends a message to a channel of the run. It is kept until the run receives it. `"duplicate"`: one of that id had been sent already. Throws UnknownRunError, UsageError when the run has ended, and
   * NotSaveableError for a value that cannot be saved.
   */
  send<T>(channel: Channel<T>, value: NoInfer<T>, options?: SendOptions): Promise<"sent" | "duplicate">;
  send(channel: string, value: unknown, options?: SendOptions): Promise<"sent" | "duplicate">;
  async send(channel: Channel<unknown> | string, value: unknown, options: SendOptions = {}): Promise<"sent" | "duplicate"> {
    const topic = typeof channel === "string" ? channel : channel?.name;
    if (typeof topic !== "string" || topic === "") throw new UsageError("send() takes a channel or its name.");
    return this.#send("send", topic, this.#codec.encode(value, "message"), options.id, "receive messages");
  }

  /**
   * Asks the run to end: CancelledError is raised where its main function waits, so that its `catch` and `finally` blocks run. Does not wait for that;
   * `result` does. Throws UnknownRunError, and UsageError when the run has ended.
   */
  async cancel(reason = ""): Promise<void> {
    await this.#send("cancel", reason, this.#codec.encode(undefined), undefined, "be cancelled");
  }

  async #send(
    kind: NewMessage["kind"],
    topic: string,
    payload: Uint8Array,
    id: string | undefined,
    verb: string,
  ): Promise<"sent" | "duplicate"> {
    await checkCipher(this.#store);
    const sentAt = this.#ports.clock.now();
    const answer = await this.#store.send({ run: this.id, kind, topic, payload, sentAt, ...(id !== undefined && { id }) });
    if (answer === "unknown") throw this.#unknown();
    if (answer === "ended") throw new UsageError(`run ${this.id} has ended; it can no longer ${verb}.`);
    hubOf(this.#store).work();
    return answer;
  }

  /**
   * Nothing of the run goes on until `resume`: steps that are under way end and their results are kept, timers do not fire, messages wait. Throws UnknownRunError, and
   * UsageError when the run has ended.
   */
  async pause(reason = ""): Promise<void> {
    await this.#send("pause", reason, this.#codec.encode(undefined), undefined, "be paused");
  }

  /** Lets a paused run go on; without effect on one that is not paused. Throws UnknownRunError, and UsageError when the run has ended. */
  async resume(): Promise<void> {
    await this.#send("resume", "", this.#codec.encode(undefined), undefined, "be resumed");
  }

  /** How the run stands. Throws UnknownRunError. */
  async status(): Promise<RunSummary> {
    const { outcome: _, ...summary } = await this.#stored();
    return summary;
  }

  /** How the run has ended, `undefined` as long as it has not. Does not wait. Throws UnknownRunError. */
  async outcome(): Promise<Outcome | undefined> {
    const { outcome } = await this.#stored();
    return outcome === undefined ? undefined : (this.#codec.decode(outcome) as Outcome);
  }

  /** For `flow.awaitsAnswer`. */
  async hasCallback(channel: string): Promise<boolean | undefined> {
    const { status } = await this.#stored();
    if (!LIVE_STATUSES.has(status)) return false;
    try {
      return (await this.#image()).rare?.callbacks.has(channel) ?? false;
    } catch (error) {
      if (error instanceof ProgramChangedError) return undefined;
      throw error;
    }
  }

  /**
   * Where the run stands in its program: the last committed continuation, strand by strand, frame by frame. Needs the modules of the program loaded;
   * throws ProgramChangedError when they are not what the run was suspended with, and UnknownRunError.
   */
  async inspect(): Promise<RunDescription> {
    return describeImage(await this.#image());
  }

  /**
   * What the last committed continuation consists of, by size: kinds of values, variables, largest objects. `limit`: length of the lists, 20 by default. Needs the
   * modules of the program loaded, like `inspect`.
   */
  async heap(limit?: number): Promise<HeapReport> {
    return this.#codec.heap(await this.#image(), limit);
  }

  async #image(): Promise<RunImage> {
    const stored = await this.#store.getImage(this.id);
    if (stored === undefined) throw this.#unknown();
    return this.#codec.decode(stored.image, stored.parts, stored.blobs) as RunImage;
  }

  /** What happened to the run so far, oldest first. */
  async journal(): Promise<JournalEntry[]> {
    await this.#stored();
    return this.#store.readJournal(this.id);
  }

  /**
   * Lets a failed run go on from the continuation it failed from: a step that had failed is attempted anew, a result that had arrived is delivered again.
   * Throws UnknownRunError, and UsageError when the run has not failed.
   */
  async retry(): Promise<void> {
    const at = this.#ports.clock.now();
    const answer = await this.#store.retryRun(this.id, at, { at, kind: "run.retried", data: {} });
    if (answer === "unknown") throw this.#unknown();
    if (answer === "not-failed") throw new UsageError(`run ${this.id} has not failed; only a failed run can be retried.`);
    hubOf(this.#store).work();
  }
}

function budgetOf({ stepBudget }: StartOptions): number | undefined {
  if (stepBudget !== undefined && !(Number.isInteger(stepBudget) && stepBudget >= 1))
    throw new UsageError(`flow.start: stepBudget is ${String(stepBudget)}; it has to be a whole number from 1.`);
  return stepBudget;
}

/** When a run begins. Throws UsageError. */
function startOf({ startAt, delay }: StartOptions, now: number): number {
  if (startAt !== undefined && delay !== undefined) throw new UsageError("flow.start: give startAt or delay, not both.");
  if (delay !== undefined) return now + milliseconds(delay, "flow.start: delay");
  return startAt === undefined ? now : timeOf(startAt, "flow.start: startAt");
}

function deadlineOf(deadline: StartOptions["deadline"], startAt: number): number | undefined {
  if (deadline === undefined) return undefined;
  return isInstant(deadline)
    ? timeOf(deadline, "flow.start: deadline")
    : startAt + milliseconds(deadline, "flow.start: deadline");
}

/** Stores that are known to be encrypted as they were opened. */
const checked = new WeakSet<Store>();

/**
 * Throws CipherError for an encrypted store that was opened without a cipher, and the reverse, before anything is written to it. A key that is missing for one
 * run is told where that run is read.
 */
async function checkCipher(store: Store): Promise<void> {
  if (checked.has(store)) return;
  const [newest] = await store.listRuns({ limit: 1 });
  const stored = newest && (await store.getImage(newest.id));
  if (stored === undefined) return;
  try {
    checkReadable(stored.image);
  } catch (error) {
    const isMixed = error instanceof CipherError && (error.keyId === undefined || !isEncrypted(store));
    if (isMixed) throw error;
  }
  checked.add(store);
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;
/** Word that a run may have ended: at once from a worker in this process or a store that carries notes, otherwise after a pause that grows. */
class Notes {
  readonly #ports: Ports;
  readonly #close: () => void;
  #pauseMs: number;
  #heard = false;
  #wake: (() => void) | undefined;

  constructor(run: string, store: Store, ports: Ports) {
    this.#ports = ports;
    const hub = hubOf(store);
    this.#close = hub.onEnd(run, () => {
      this.#heard = true;
      this.#wake?.();
    });
    this.#pauseMs = hub.hears ? LONGEST_PAUSE_MS : FIRST_PAUSE_MS;
  }

  next(): Promise<void> {
    const { timers } = this.#ports;
    if (this.#heard) {
      this.#heard = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const handle = timers.after(this.#pauseMs, () => this.#wake?.());
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      this.#wake = () => {
        this.#wake = undefined;
        this.#heard = false;
        timers.cancel(handle);
        resolve();
      };
    });
  }

  close(): void {
    this.#close();
  }
}
