/** The one store of a simulation, with somebody who looks at everything that is applied to it. */
import { memory } from "../../dist/runtime/store/memory.js";
import type {
  CacheEntry,
  ClaimedRun,
  Commit,
  CommitResult,
  Delivery,
  JournalEntry,
  Message,
  NewMessage,
  NewRun,
  Store,
  StoredHook,
  StoredSchedule,
  Task,
  TaskOptions,
} from "../../dist/runtime/store/store.js";
import type { Observer } from "./observer.ts";
import type { Process } from "./process.ts";

export type StoreMethod = Exclude<keyof Store, "url" | "close" | "watch">;

export class ObservedStore {
  readonly inner: Store = memory();
  readonly #observer: Observer;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** A call arrives. All of it, observation included, happens between two events. */
  async apply(process: Process, method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const work = this.inner[method] as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await work.apply(this.inner, args as unknown[]);
    try {
      await this.#observe(process, method, args, value);
    } catch (error) {
      this.#observer.broken(`what ${method} left in the store cannot be read: ${String(error)}`);
    }
    return value;
  }

  async #observe(process: Process, method: StoreMethod, args: readonly unknown[], value: unknown): Promise<void> {
    switch (method) {
      case "createRun":
        if (value === "created") this.#observer.created(args[0] as NewRun);
        return;
      case "send":
        if (value === "sent") this.#observer.sent(args[0] as NewMessage);
        return;
      case "retryRun":
        if (value === "ready") this.#observer.retried(args[0] as string, args[2] as JournalEntry);
        return;
      case "claim":
        for (const run of value as ClaimedRun[]) this.#observer.claimed(process, run);
        return;
      case "unregisterWorker":
      case "registerWorker":
      case "releaseDead":
        // Those whose lease has ended are taken out.
        for (const run of await this.inner.listRuns({ limit: 10_000 })) this.#observer.heldBy(run.id, run.owner);
        for (const owner of this.#observer.tasks.owners) this.#observer.tasks.holds(owner, await this.inner.heldTasks(owner));
        return;
      case "commit":
        return this.#commits(process, args[0] as readonly Commit[], value as readonly CommitResult[]);
      case "pollMessages":
        return this.#observer.mail.given(value as readonly Message[]);
      default:
        this.#observeRest(method, args, value);
    }
  }

  /** Queues, cache, hooks and schedules. */
  #observeRest(method: StoreMethod, args: readonly unknown[], value: unknown): void {
    const { tasks, deliveries, occurrences } = this.#observer;
    switch (method) {
      case "claimTasks":
        return tasks.claimed(args[0] as TaskOptions, value as readonly Task[]);
      case "noteProgress":
        if (value === true) tasks.progressed(args[0] as number, args[2] as Uint8Array);
        return;
      case "finishTask":
        if (value === "finished")
          tasks.finished(args[0] as number, args[1] as string, args[3] as number, args[4] as CacheEntry | undefined);
        return;
      case "readCache":
        return tasks.found(args[0] as string, args[1] as number, value as Uint8Array | undefined);
      case "putHook":
        return deliveries.hook(args[0] as StoredHook);
      case "claimDeliveries":
        return deliveries.claimed(value as readonly Delivery[]);
      case "finishDelivery":
        if (value === true) deliveries.finished(args[0] as number);
        return;
      case "putSchedule": {
        if (value !== "written") return;
        const outward = args[2] as Parameters<Store["putSchedule"]>[2];
        occurrences.written(args[0] as StoredSchedule, outward?.starts ?? []);
        for (const run of outward?.starts ?? []) this.#observer.created(run);
        for (const message of outward?.sends ?? []) this.#observer.sent(message);
        return;
      }
      default:
    }
  }

  async #commits(process: Process, commits: readonly Commit[], results: readonly CommitResult[]): Promise<void> {
    for (const [index, commit] of commits.entries()) {
      if (results[index] === "superseded") this.#observer.superseded(process, commit);
      else {
        const [run, image] = [await this.inner.getRun(commit.run), await this.inner.getImage(commit.run)];
        this.#observer.committed(process, commit, run!, image!);
        for (const { id } of commit.starts ?? [])
          if ((await this.inner.getRun(id)) === undefined) this.#observer.broken(`run ${id} was started, and does not exist`);
      }
    }
  }

  /** The answer is about to reach a living process. */
  answered(process: Process, method: StoreMethod, value: unknown): unknown {
    if (method === "claim") for (const run of value as ClaimedRun[]) this.#observer.admits(process, run);
    return value;
  }
}
