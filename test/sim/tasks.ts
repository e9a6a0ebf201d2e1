/**
 * Checks of queues and of the cache. What is in a queue follows from the commits; nobody is handed more of it than its limits allow, what comes first goes first, and what an
 * attempt has said of itself reaches the next one. What is found in the cache is what was last put there under that key.
 */
import { codec } from "../../dist/runtime/checkpoint.js";
import {
  LIVE_STATUSES,
  type CacheEntry,
  type Commit,
  type NewTask,
  type QueueLimits,
  type Task,
  type TaskOptions,
} from "../../dist/runtime/store/store.js";
import type { World } from "./world.ts";

interface Row {
  readonly run: string;
  readonly task: NewTask;
  id: number | undefined;
  owner: string | undefined;
  details: Uint8Array | undefined;
}

export class Tasks {
  /** By run and call. */
  readonly #rows = new Map<string, Row>();
  /** Attempts that have ended and whose runs have not heard of it, by run, call and number. */
  readonly #ended = new Set<string>();
  /** When tasks of a queue with a limited rate began, by the clocks of those who asked. */
  readonly #begun = new Map<string, number[]>();
  /** The furthest that is known to have been kept, by run and call. */
  readonly #progress = new Map<string, number>();
  readonly #cache = new Map<string, CacheEntry>();
  /** The latest time anybody had when something was put into the cache: what had ended then may be gone. */
  #cachedAt = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Workers that hold tasks. */
  get owners(): ReadonlySet<string> {
    return new Set([...this.#rows.values()].flatMap(({ owner }) => owner ?? []));
  }

  get size(): number {
    return this.#rows.size;
  }

  committed({ run, status, at, tasks = [], withdrawn = [], cached = [] }: Commit): void {
    for (const call of withdrawn) this.#rows.delete(`${run}:${call}`);
    for (const task of tasks) this.#put(run, task);
    for (const entry of cached) this.#keep(entry, at);
    if (!LIVE_STATUSES.has(status)) this.#forget(run);
  }

  /** A run has ended, or failed: attempts under way are nobody's, and what they have said since its last commit goes with them. */
  #forget(run: string): void {
    for (const [name, row] of this.#rows) if (row.run === run) this.#rows.delete(name);
    for (const name of this.#progress.keys()) if (name.startsWith(`${run}:`)) this.#progress.delete(name);
  }

  #put(run: string, task: NewTask): void {
    const name = `${run}:${task.call}`;
    const before = this.#rows.get(name);
    if (this.#ended.has(`${name}:${task.attempt}`)) return;
    if (before !== undefined && before.task.attempt >= task.attempt) return;
    this.#checkProgress(name, task.details, "the next attempt");
    this.#rows.set(name, { run, task, id: before?.id, owner: undefined, details: task.details });
  }

  #checkProgress(name: string, details: Uint8Array | undefined, who: string): void {
    const known = this.#progress.get(name) ?? 0;
    const given = numberOf(details);
    if (given < known) this.#world.violate(`${name} had got as far as ${known}, and ${who} is told ${given}`);
  }

  claimed({ workerId, now, queues, steps }: TaskOptions, claimed: readonly Task[]): void {
    const names = claimed.map(({ run, call }) => `${run}:${call}`);
    for (const limits of queues) this.#checkOrder(limits, now, steps, names);
    for (const task of claimed) this.#take(workerId, task, queues);
    for (const limits of queues) this.#checkLimits(limits, now, claimed);
  }

  #take(workerId: string, task: Task, queues: readonly QueueLimits[]): void {
    const name = `${task.run}:${task.call}`;
    const row = this.#rows.get(name);
    if (row === undefined) return this.#world.violate(`task ${name} was handed over, and nobody wants it`);
    if (row.owner !== undefined && row.owner !== workerId)
      this.#world.violate(`task ${name} was handed to ${workerId}, and ${row.owner} has it`);
    if (row.task.attempt !== task.attempt || !queues.some(({ queue }) => queue === row.task.queue))
      this.#world.violate(`task ${name} was handed over as attempt ${task.attempt} in ${task.queue}`);
    this.#checkProgress(name, task.details, workerId);
    Object.assign(row, { owner: workerId, id: task.id, details: task.details });
  }

  /** Nothing that could have begun comes before what did. */
  #checkOrder({ queue, perKey }: QueueLimits, now: number, steps: readonly string[], claimed: readonly string[]): void {
    if (perKey !== undefined) return;
    const rows = [...this.#rows].filter(
      ([, { task, owner }]) => task.queue === queue && owner === undefined && task.dueAt <= now && steps.includes(task.step),
    );
    const taken = rows.filter(([name]) => claimed.includes(name));
    const left = rows.filter(([name]) => !claimed.includes(name));
    for (const [name, { task }] of taken)
      for (const [other, { task: first }] of left)
        if (first.priority > task.priority || (first.priority === task.priority && first.dueAt < task.dueAt))
          this.#world.violate(`queue ${queue}: ${name} goes before ${other}`);
  }

  #checkLimits({ queue, concurrency, perKey, rate }: QueueLimits, now: number, claimed: readonly Task[]): void {
    const held = [...this.#rows.values()].filter(({ task, owner }) => task.queue === queue && owner !== undefined);
    if (held.length > (concurrency ?? Infinity))
      this.#world.violate(`queue ${queue}: ${held.length} are under way, and ${concurrency} may be`);
    for (const { task } of held) {
      const same = held.filter(({ task: { key } }) => key !== undefined && key === task.key).length;
      if (same > (perKey ?? Infinity))
        this.#world.violate(`queue ${queue}: ${same} of key ${task.key} are under way, and ${perKey} may be`);
    }
    if (rate === undefined) return;
    const begun = this.#begun.get(queue) ?? [];
    this.#begun.set(queue, begun);
    for (const task of claimed) if (task.queue === queue) begun.push(now);
    for (const other of new Set(begun)) {
      const [from, to] = [Math.min(now, other), Math.max(now, other)];
      const times = begun.filter((at) => at >= from && at <= to).length;
      if (times > rate.limit + ((to - from) * rate.limit) / rate.perMs + 1e-6)
        this.#world.violate(`queue ${queue}: ${times} began in ${to - from} ms`);
    }
  }

  progressed(id: number, details: Uint8Array): void {
    for (const [name, row] of this.#rows) {
      if (row.id !== id) continue;
      row.details = details;
      this.#progress.set(name, Math.max(this.#progress.get(name) ?? 0, numberOf(details)));
    }
  }

  finished(id: number, workerId: string, at: number, cached: CacheEntry | undefined): void {
    const [name, row] = [...this.#rows].find(([, each]) => each.id === id) ?? [];
    if (row?.owner !== workerId)
      this.#world.violate(`task ${name ?? id} was ended by ${workerId}, and ${row?.owner ?? "nobody"} has it`);
    if (row !== undefined) {
      this.#rows.delete(name!);
      this.#ended.add(`${name}:${row.task.attempt}`);
    }
    if (cached !== undefined) this.#keep(cached, at);
  }

  /** A run has consumed the message about the end of an attempt. @param topic its call and number */
  heard(run: string, topic: string): void {
    this.#ended.delete(`${run}:${topic}`);
  }

  /** What the store says that a worker holds; the others of it are free again. */
  holds(workerId: string, ids: readonly number[]): void {
    for (const row of this.#rows.values()) if (row.owner === workerId && !ids.includes(row.id!)) row.owner = undefined;
  }

  /** The process has this attempt, as far as the store knows. */
  isHeld(process: string, name: string, attempt: number): boolean {
    const row = this.#rows.get(name);
    return row?.owner === process && row.task.attempt === attempt;
  }

  detailsOf(name: string): Uint8Array | undefined {
    return this.#rows.get(name)?.details;
  }

  // the cache

  #keep(entry: CacheEntry, at: number): void {
    this.#cache.set(entry.key, entry);
    this.#cachedAt = Math.max(this.#cachedAt, at);
  }

  found(key: string, now: number, value: Uint8Array | undefined): void {
    const entry = this.#cache.get(key);
    if (value === undefined) {
      if (entry !== undefined && entry.until > Math.max(now, this.#cachedAt))
        this.#world.violate(`${key} is in the cache, and was not found`);
    } else if (entry === undefined || Buffer.compare(value, entry.value) !== 0)
      this.#world.violate(`what was found in the cache for ${key} was never put there`);
    else if (entry.until <= now)
      this.#world.violate(`what was found in the cache for ${key} was over ${now - entry.until} ms ago`);
  }
}

/** What a body of the simulation says of itself is a number. */
export function numberOf(details: Uint8Array | undefined): number {
  return details === undefined ? 0 : (codec.decode(details) as number);
}
