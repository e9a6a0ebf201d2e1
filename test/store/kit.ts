/** What the tests of stores are written with. */
import type { ClaimedRun, Commit, JournalEntry, NewMessage, NewRun, NewWorker, Store } from "../../src/runtime/store/store.js";

export interface Medium {
  /** A connection to the one medium of the test; stores that can only have one answer with that. */
  connect(): Store;
  /** Removes the medium. All connections are closed. */
  destroy(): void | Promise<void>;
  /** Sets the clock that leases are counted by, of a store that does not go by its caller's. It begins at 1,000. */
  setClock?(now: number): Promise<void>;
}

export interface Traits {
  /** Several workers may be registered at once. */
  readonly manyWorkers: boolean;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (data: Uint8Array | undefined): string | undefined => data && new TextDecoder().decode(data);
export const ids = (runs: readonly { id: string }[]): string[] => runs.map(({ id }) => id);
export const alive = (): boolean => true;

export function newRun(id: string, over: Partial<NewRun> = {}): NewRun {
  return { id, workflow: "src/checkout.ts#checkout", image: bytes(`image of ${id}`), createdAt: 1_000, ...over };
}

/** Its lease ends at 10,000 when it is registered at 1,000. */
export function newWorker(id: string, over: Partial<NewWorker> = {}): NewWorker {
  return { id, pid: 42, host: "here", startedAt: 1_000, leaseMs: 9_000, ...over };
}

/** How many commits were made with `commitOf` of each claimed run. */
const commits = new WeakMap<ClaimedRun, number>();

/** The next commit of a claimed run. */
export function commitOf(run: ClaimedRun, over: Partial<Commit> = {}): Commit {
  const made = (commits.get(run) ?? 0) + 1;
  commits.set(run, made);
  return {
    run: run.id,
    fence: run.fence,
    version: run.version + made,
    at: 2_000,
    status: "waiting",
    wakeAt: undefined,
    waitingFor: "step charge",
    consumed: [],
    journal: [],
    release: false,
    ...over,
  };
}

export function message(run: string, over: Partial<NewMessage> = {}): NewMessage {
  return { run, kind: "send", topic: "approval", payload: bytes("yes"), sentAt: 3_000, ...over };
}

export function entry(at: number, kind = "step.completed", data: Record<string, unknown> = { step: "charge" }): JournalEntry {
  return { at, kind, data };
}

/** A medium with its first connection, and what most tests do with it. */
export class Bench {
  constructor(
    readonly medium: Medium,
    readonly store: Store,
  ) {}

  /** Registers a worker at a time. */
  async register(
    id: string,
    now = 1_000,
    isAlive: Parameters<Store["registerWorker"]>[2] = alive,
  ): ReturnType<Store["registerWorker"]> {
    await this.medium.setClock?.(now);
    return this.store.registerWorker(newWorker(id), now, isAlive);
  }

  async renew(id: string, now: number, leaseMs: number): Promise<boolean> {
    await this.medium.setClock?.(now);
    return this.store.renew(id, now, leaseMs);
  }

  async releaseDead(id: string, now: number, isAlive: Parameters<Store["releaseDead"]>[2] = alive): Promise<boolean> {
    await this.medium.setClock?.(now);
    return this.store.releaseDead(id, now, isAlive);
  }

  claim(workerId: string, over: Partial<Parameters<Store["claim"]>[0]> = {}): Promise<ClaimedRun[]> {
    return this.store.claim({ workerId, now: 1_000, limit: 100, ...over });
  }

  /** A registered worker that holds a new run. */
  async held(id = "r1", worker = "w1"): Promise<ClaimedRun> {
    await this.store.createRun(newRun(id));
    await this.register(worker);
    return (await this.claim(worker)).find((claimed) => claimed.id === id)!;
  }
}
